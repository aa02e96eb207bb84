/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session with a fake of AWS, for tests of what calls it: tests/fake/http_server.py
 * answers as `script` says, keys are in the environment, and no file of the user's is
 * read.
 */
#pragma once

#include "core/aws_session.h"
#include "fake.h"

struct service {
	struct fake *fake;
	struct aws_session session;
	struct aws_client *ebs;
};

/* An environment without AWS_* but keys, a region, and files that do not exist. */
void service_environment(void);

/* `dir` is a directory of the test's own. */
void service_start(struct service *s, const char *dir, const char *script);
void service_releasep(struct service *s);
