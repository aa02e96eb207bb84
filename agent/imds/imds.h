/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of the instance metadata service, version 2 only ("Use the Instance Metadata
 * Service to access instance metadata", EC2 user guide): a session token first, by PUT,
 * and with it every GET. What is not there yet is waited for, with growing pauses that
 * news of the network cut short, until the deadline of the whole.
 *
 * By value: imds_open(), any number of imds_get(), imds_close(). It is large; keep it
 * static.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "imds/exchange.h"

enum {
	IMDS_ENDPOINTS_MOST = 4,
	IMDS_VALUE_MOST_BYTES = 64 << 10, /* four times what EC2 takes as user data */
	IMDS_TOKEN_MOST_BYTES = 256, /* EC2's are 56 */
	IMDS_TOKEN_TTL_S = 21600, /* EC2's limit, six hours */
	IMDS_REQUEST_MOST_BYTES = 768,
	IMDS_RESPONSE_BYTES =
		HTTP_HEAD_MOST_BYTES + IMDS_VALUE_MOST_BYTES + EXCHANGE_SLACK_BYTES,
	IMDS_TOKEN_RESPONSE_BYTES =
		HTTP_HEAD_MOST_BYTES + IMDS_TOKEN_MOST_BYTES + EXCHANGE_SLACK_BYTES,
};

enum imds_result {
	IMDS_OK = 0,
	IMDS_ABSENT, /* 404: there is no such value */
	IMDS_OFF, /* 403: the instance's metadata endpoint is switched off */
	IMDS_UNREACHABLE, /* no good answer before the deadline; see `trouble` */
};

struct imds_options {
	const struct address *endpoints; /* the one that answers first is kept to */
	size_t endpoints_count; /* 1 to IMDS_ENDPOINTS_MOST */
	uint64_t deadline_ms; /* of sys_clock_ms(), for the whole session */
	unsigned int request_ms; /* for one connection */
};

struct imds {
	struct imds_options options;
	const struct address *endpoint; /* the one that answered */
	int links;
	char token[IMDS_TOKEN_MOST_BYTES + 1];
	uint64_t token_until_ms;
	char trouble[160]; /* what the last attempt failed of */
	char request[IMDS_REQUEST_MOST_BYTES];
	char response[IMDS_RESPONSE_BYTES];
	struct {
		struct exchange exchange;
		uint64_t next_ms; /* when to try again */
		unsigned int pause_ms;
		char request[IMDS_REQUEST_MOST_BYTES];
		char response[IMDS_TOKEN_RESPONSE_BYTES];
	} contenders[IMDS_ENDPOINTS_MOST];
};

/* IMDS_OK, IMDS_OFF or IMDS_UNREACHABLE. `options` is copied, endpoints are borrowed. */
enum imds_result imds_open(struct imds *m, const struct imds_options *options);
void imds_close(struct imds *m);

/*
 * The value at `path` ("meta-data/instance-id"), in a buffer of `m` until the next call,
 * terminated; it may hold any bytes.
 */
enum imds_result imds_get(
	struct imds *m, const char *path, const char **ret, size_t *ret_bytes);
