/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service_support.h"

#include "base/strv.h"
#include "unit.h"

extern char **environ;

void service_environment(void)
{
	static const char *const set[][2] = {
		{ "AWS_CONFIG_FILE", "/nonexistent" },
		{ "AWS_SHARED_CREDENTIALS_FILE", "/nonexistent" },
		{ "AWS_EC2_METADATA_DISABLED", "true" },
		{ "AWS_ACCESS_KEY_ID", "AKID" },
		{ "AWS_SECRET_ACCESS_KEY", "SECRET" },
		{ "AWS_REGION", "eu-west-1" },
	};
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	for (char **e = environ; *e; e++)
		if (strncmp(*e, "AWS_", 4) == 0)
			strv_take(&names, xstrndup(*e, strcspn(*e, "=")));
	for (size_t i = 0; i < names.count; i++)
		assert_int_equal(unsetenv(names.items[i]), 0);
	for (size_t i = 0; i < ARRAY_SIZE(set); i++)
		assert_int_equal(setenv(set[i][0], set[i][1], 1), 0);
}

void service_start(struct service *s, const char *dir, const char *script)
{
	CLEANUP(freep) char *url = NULL;
	struct aws_session_spec spec = { 0 };
	struct error err = ERROR_INIT;

	service_environment();
	s->fake = fake_start(dir, script);
	url = fake_url(s->fake, "");
	spec.endpoint_url = url;
	if (aws_session_open(&spec, &s->session, &err) < 0 ||
		aws_session_client(&s->session, AWS_EBS, 0, &s->ebs, &err) < 0)
		fail_msg("%s", err.msg);
}

void service_releasep(struct service *s)
{
	s->ebs = aws_client_free(s->ebs);
	aws_session_release(&s->session);
	s->fake = fake_free(s->fake);
}
