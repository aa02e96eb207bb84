/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The world of the tests of credentials: files in a scratch directory, no AWS_* variable
 * but the test's own, a clock that stands still, and an HTTP client that plays a script.
 * STS answers "ID SECRET TOKEN EXPIRATION" here, for XML is somebody else's.
 */
#pragma once

#include "oracle.h"

#include "aws/credentials.h"

/* 2026-11-21T12:00:00Z */
#define FAKE_NOW_S 1795262400

/* One exchange that is expected. What is NULL is not looked at. */
struct fake_exchange {
	const char *method, *url;
	const char *header; /* part of one, as "Name: value" */
	const char *body; /* part of it */
	unsigned int status; /* 0: no answer comes */
	const char *answer;
	const char *date; /* header of the answer, or NULL */
};

struct fake_world {
	char *directory;
	struct credentials_http http;
	const struct fake_exchange *script; /* up to the first without a method */
	size_t played;
};

/* A test's *state is a fake_world. The files are "config" and "credentials". */
int fake_world_setup(void **state);
int fake_world_teardown(void **state);
void fake_world_write(const struct fake_world *w, const char *name, const char *text);

extern int64_t fake_now_s;
int64_t fake_clock(void);

/* As the user would be told: the error's message, or NULL and the credentials. */
const char *fake_world_get(struct fake_world *w, const char *profile,
	struct aws_credentials **ret, struct error *err);

/* A provider for tests that ask more than once; `config` is to be freed after it. */
struct credentials_provider *fake_world_provider(
	struct fake_world *w, const char *profile, struct aws_config **ret_config);

/* A config file and variables, the exchanges, and how it ends. */
struct fake_case {
	const char *config;
	const char *variables[4][2];
	struct fake_exchange script[5];
	const char *key; /* the access key id that is found; or */
	const char *message; /* a part of the error's */
	enum err_code code;
};

/* Run each case; no message may hold the word SECRET, but for a variable's name. */
void fake_world_run(void **state, const struct fake_case *cases, size_t count);

/* An answer of a container's endpoint, or an instance's: good for six hours. */
#define FAKE_METADATA                                                              \
	"{\"AccessKeyId\": \"AKID\", \"SecretAccessKey\": \"SECRET\", \"Token\": " \
	"\"token\", \"Expiration\": \"2026-11-21T18:00:00Z\"}"

#define FAKE_TEST(f) \
	cmocka_unit_test_setup_teardown(f, fake_world_setup, fake_world_teardown)
