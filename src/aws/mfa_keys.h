/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of roles that want the code of an MFA device. STS takes a code once, so a person
 * is asked once: the keys are kept for all providers of credentials that are given the
 * same mfa_keys, while they are good.
 *
 * Life: mfa_keys_new(), credentials_spec.mfa of one or more providers, mfa_keys_free()
 * after them, which zeroes the keys. Any thread may use it.
 */
#pragma once

#include <stdint.h>

#include "aws/credentials.h"
#include "aws/server_clock.h"
#include "base/error.h"
#include "base/strbuf.h"

/* The code of the MFA device `serial`, to be freed; untouched: nobody can be asked. */
typedef int mfa_ask_fn(
	const char *serial, char **ret_code, void *userdata, struct error *err);

struct mfa_keys;
struct mfa_keys *mfa_keys_new(mfa_ask_fn *ask, void *userdata);
struct mfa_keys *mfa_keys_free(struct mfa_keys *k); /* NULL is fine */

/* Who has begun looks, asks and keeps, while other threads wait for its end. These nest.
 */
void mfa_keys_begin(struct mfa_keys *k);
void mfa_keys_end(struct mfa_keys *k);

/*
 * A reference to the keys of the role that the profile assumes; NULL: there are none that
 * are still good when our clock shows now_s. *clock becomes what STS's was found to be
 * when they were made.
 */
struct aws_credentials *mfa_keys_find(struct mfa_keys *k, const char *profile,
	const char *role_arn, int64_t now_s, struct server_clock *clock);

/* As mfa_ask_fn. */
int mfa_keys_ask(
	struct mfa_keys *k, const char *serial, char **ret_code, struct error *err);

/* Instead of those that there were; takes a reference of its own. */
void mfa_keys_keep(struct mfa_keys *k, const char *profile, const char *role_arn,
	struct aws_credentials *c, const struct server_clock *clock);

/*
 * A forked child begins without the keys, for it may run what strangers have written.
 * What mfa_keys_lend() appends here gives them back to it, when it comes to use them.
 */
void mfa_keys_lend(struct mfa_keys *k, struct strbuf *to);
int mfa_keys_take_back(struct mfa_keys *k, const struct strbuf *from, struct error *err);

/* A service says that these have expired. */
void mfa_keys_drop(struct mfa_keys *k, const struct aws_credentials *c);
