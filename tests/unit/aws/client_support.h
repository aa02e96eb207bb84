/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client of a fake service, for the tests of what it sends and how it ends:
 * tests/fake/http_server.py answers as the test's script says, and keeps the requests.
 * Anything that goes wrong here fails the test.
 */
#pragma once

#include "aws/client.h"
#include "aws/credentials_fetch.h"
#include "fake.h"

/* Ends a script: the answer to whatever the test does not expect. */
#define UNEXPECTED "{\"times\": 0, \"status\": 400, \"body\": \"unexpected\"}"

/* The client, with what it needs. By value: { 0 }, world_start(), world_release(). */
struct world {
	const char *dir;
	struct fake *fake;
	struct aws_config *config;
	struct credentials_fetch fetch;
	struct credentials_provider *provider;
	struct aws_client *client;
};

/* Environment and profile stand before this; *state is a directory of the test's own. */
void world_start(
	struct world *w, void **state, enum aws_service service, const char *script);
void world_release(struct world *w);

/* Keys in the environment; no file of the user's is read. "config" in the test's
 * directory is the profile, if the test writes it. */
void use_keys(void **state);

/* botocore finds the same signature in each of the requests 1 to `count`; a `token` that
 * is not empty comes with the key AKTEMP, otherwise it is AKID. */
void assert_signed(const struct world *w, const char *service, const char *token,
	unsigned int count);

/* DescribeSnapshots of EC2, for tests that any call is good for. */
extern const struct aws_call describing;
