/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all calls of one command have in common: the profile, the credentials, the region
 * and, where the user named one, the endpoint. By value; aws_session_open(),
 * aws_session_release() after the clients. It does not move while it is open.
 */
#pragma once

#include "aws/client.h"
#include "aws/credentials_fetch.h"

/*
 * By whom, in all sessions of the program, somebody is asked for the code of an MFA
 * device: *ret_code is to be freed, and untouched where nobody can be asked. The keys
 * that a code has brought are kept for the sessions to come; aws_session_forget_codes()
 * zeroes them when the last is over. Not set, nobody is asked.
 */
void aws_session_ask_codes(int (*ask)(const char *serial, char **ret_code, void *userdata,
				   struct error *err),
	void *userdata);
void aws_session_forget_codes(void);

/*
 * The sandbox begins without these keys, for strangers' scripts run there. Where they
 * have ended, aws_session_regain_keys() asks for them; aws_session_lend_keys() is the
 * sandbox_answer_fn to that.
 */
void aws_session_lend_keys(struct strbuf *answer);
int aws_session_regain_keys(struct error *err);

/* What the user said; NULL: as the SDKs find it. */
struct aws_session_spec {
	const char *profile;
	const char *region;
	const char *endpoint_url; /* of all services */
};

struct aws_session {
	struct aws_config *config;
	struct credentials_fetch fetch;
	struct credentials_provider *credentials;
	const char *region;
	char *endpoint_url; /* or NULL */
};

int aws_session_open(
	const struct aws_session_spec *spec, struct aws_session *ret, struct error *err);
void aws_session_release(struct aws_session *s);
static inline void aws_session_releasep(struct aws_session *s)
{
	aws_session_release(s);
}

/* A client of one service. The session outlives it. */
int aws_session_client(const struct aws_session *s, enum aws_service service,
	unsigned int connections_most, struct aws_client **ret, struct error *err);

/* The same in another region, with the same credentials. */
int aws_session_client_in(const struct aws_session *s, enum aws_service service,
	const char *region, struct aws_client **ret, struct error *err);

/* "https://host[:port][/path]" of a client's service; the caller frees it. */
char *aws_session_url(const struct aws_client *c);
