/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secrets in text, told from the form that their makers gave them so that they can be
 * told: AWS access keys, blocks of private keys, tokens with a prefix. The secret itself
 * is never given away.
 */
#pragma once

#include <stddef.h>

enum secret_kind {
	SECRET_NONE = 0,
	SECRET_AWS_KEY,
	SECRET_PRIVATE_KEY,
	SECRET_TOKEN,
};

/* `what` is what it is, in words: "a GitHub token". Lines count from 1. */
typedef void secret_fn(
	void *userdata, enum secret_kind kind, const char *what, unsigned int line);

void secrets_scan(
	const char *text, size_t length_bytes, secret_fn *on_secret, void *userdata);

/* What the checks of secrets keep in their look (core/lint_look.h). */
struct lint_secrets;
void lint_secrets_free(struct lint_secrets *s);
