/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials_source.h"

#include <sys/wait.h>
#include <unistd.h>

#include "aws/mfa_keys.h"

#include "credentials_fake.h"

#define STS "https://sts.eu-west-1.amazonaws.com/"
#define GOOD "AKID secret token 2026-11-21T13:00:00Z"
#define SOURCE \
	"[profile src]\naws_access_key_id = AKSRC\naws_secret_access_key = SECRET\n"

static void roles_are_assumed(void **state)
{
	static const struct fake_case cases[] = {
		{ .config = "[default]\nrole_arn = arn:aws:iam::1:role/a b\n"
			    "source_profile = src\nexternal_id = e&x\n"
			    "role_session_name = me\nduration_seconds = 900\n" SOURCE,
			.script = { { "POST", STS,
				"Authorization: AWS4-HMAC-SHA256 "
				"Credential=AKSRC/20261121/eu-west-1/sts/aws4_request, "
				"SignedHeaders=content-type;host;x-amz-date, Signature=",
				"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%"
				"3Aiam"
				"%3A%3A1%3Arole%2Fa%20b&RoleSessionName=me&ExternalId=e%"
				"26x&"
				"DurationSeconds=900",
				200, GOOD } },
			.key = "AKID" },
		/* A role by a role, each with the keys of the one before. */
		{ .config = "[default]\nrole_arn = one\nsource_profile = mid\n"
			    "[profile mid]\nrole_arn = two\nsource_profile = "
			    "src\n" SOURCE,
			.script = { { "POST", STS, "Credential=AKSRC/", "RoleArn=two&",
					    200,
					    "AKMID secret tokmid 2026-11-21T13:00:00Z" },
				{ "POST", STS, "X-Amz-Security-Token: tokmid",
					"RoleArn=one&RoleSessionName=amiwright-"
					"1795262400",
					200, GOOD } },
			.key = "AKID" },
		/* A profile may have keys and a role. */
		{ .config = "[default]\nrole_arn = one\nsource_profile = default\n"
			    "aws_access_key_id = AKSELF\naws_secret_access_key = "
			    "SECRET\n",
			.script = { { "POST", STS, "Credential=AKSELF/", NULL, 200,
				GOOD } },
			.key = "AKID" },
		{ .config = "[default]\nrole_arn = one\nsource_profile = p\n[profile p]\n"
			    "credential_process = echo '{\"Version\":1,\"AccessKeyId\":"
			    "\"AKP\",\"SecretAccessKey\":\"SECRET\"}'\n",
			.script = { { "POST", STS, "Credential=AKP/", NULL, 200, GOOD } },
			.key = "AKID" },
		{ .config = "[default]\nrole_arn = one\ncredential_source = "
			    "EcsContainer\n",
			.variables = { { "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
				"/x" } },
			.script = { { "GET", "http://169.254.170.2/x", NULL, NULL, 200,
					    FAKE_METADATA },
				{ "POST", STS, "Credential=AKID/", NULL, 200,
					"AK2 s t 2026-11-21T13:00:00Z" } },
			.key = "AK2" },
		{ .config = "[default]\nrole_arn = one\ncredential_source = "
			    "Environment\n",
			.message = "credential_source Environment has no credentials",
			.code = ERR_TOOL },
		{ .config = "[default]\nrole_arn = one\ncredential_source = Elsewhere\n",
			.message = "not Environment, EcsContainer or Ec2InstanceMetadata",
			.code = ERR_USAGE },
		{ .config = "[default]\nrole_arn = one\nsource_profile = src\n" SOURCE,
			.script = { { "POST", STS, NULL, NULL, 403,
				"AccessDenied: not you" } },
			.message = "AssumeRole at 'sts.eu-west-1.amazonaws.com': "
				   "AccessDenied: "
				   "not you",
			.code = ERR_FETCH },
		{ .config = "[default]\nrole_arn = one\nsource_profile = src\n" SOURCE,
			.script = { { "POST", STS, NULL, NULL, 200,
				"AKID SECRET token" } },
			.message = "lacks an expiration",
			.code = ERR_FORMAT },
		{ .config = "[default]\nrole_arn = one\nsource_profile = src\n"
			    "mfa_serial = arn:mfa\n" SOURCE,
			.message = "MFA device 'arn:mfa', and nobody can be asked",
			.code = ERR_USAGE },
	};

	fake_world_run(state, cases, ARRAY_SIZE(cases));
}

#define ONE "[default]\nrole_arn = one\nsource_profile = src\n" SOURCE
#define SKEWED "SignatureDoesNotMatch: Signature not yet current"

/* By STS it is 10:00 and not 12:00, so keys until 11:00 are good. */
static void a_wrong_clock_is_corrected(void **state)
{
	static const struct fake_case cases[] = {
		{ .config = ONE,
			.script = { { "POST", STS, "X-Amz-Date: 20261121T120000Z", NULL,
					    403, SKEWED,
					    "Sat, 21 Nov 2026 10:00:00 GMT" },
				{ "POST", STS, "X-Amz-Date: 20261121T100000Z",
					"RoleSessionName=amiwright-1795262400", 200,
					"AKID secret token 2026-11-21T11:00:00Z",
					"Sat, 21 Nov 2026 10:00:00 GMT" } },
			.key = "AKID" },
		/* The role's own role is asked for by the right time at once. */
		{ .config = "[default]\nrole_arn = one\nsource_profile = mid\n"
			    "[profile mid]\nrole_arn = two\nsource_profile = "
			    "src\n" SOURCE,
			.script = { { "POST", STS, "X-Amz-Date: 20261121T120000Z", NULL,
					    403, SKEWED,
					    "Sat, 21 Nov 2026 10:00:00 GMT" },
				{ "POST", STS, "X-Amz-Date: 20261121T100000Z", NULL, 200,
					"AKMID s t 2026-11-21T11:00:00Z" },
				{ "POST", STS, "X-Amz-Date: 20261121T100000Z", NULL, 200,
					"AKTOP s t 2026-11-21T11:00:00Z" } },
			.key = "AKTOP" },
		/* Once more, and not for ever. */
		{ .config = ONE,
			.script = { { "POST", STS, NULL, NULL, 403, SKEWED,
					    "Sat, 21 Nov 2026 10:00:00 GMT" },
				{ "POST", STS, NULL, NULL, 403, SKEWED,
					"Sat, 21 Nov 2026 08:00:00 GMT" } },
			.message = SKEWED,
			.code = ERR_FETCH },
		/* The clock is right: something else is wrong. */
		{ .config = ONE,
			.script = { { "POST", STS, NULL, NULL, 403, SKEWED,
				"Sat, 21 Nov 2026 12:00:09 GMT" } },
			.message = SKEWED,
			.code = ERR_FETCH },
		{ .config = ONE,
			.script = { { "POST", STS, NULL, NULL, 403, SKEWED,
				"yesterday" } },
			.message = SKEWED,
			.code = ERR_FETCH },
	};

	fake_world_run(state, cases, ARRAY_SIZE(cases));
}

static void roles_that_lead_nowhere_are_refused(void **state)
{
	static const struct fake_case cases[] = {
		{ .config = "[default]\nrole_arn = one\n",
			.message = "none of source_profile and credential_source",
			.code = ERR_USAGE },
		{ .config = "[default]\nrole_arn = one\nsource_profile = src\n"
			    "credential_source = Environment\n" SOURCE,
			.message = "both of source_profile and credential_source",
			.code = ERR_USAGE },
		{ .config = "[default]\nrole_arn = one\nsource_profile = none\n",
			.message = "there is no source_profile 'none'",
			.code = ERR_USAGE },
		{ .config = "[default]\nrole_arn = one\nsource_profile = a\n[profile a]\n"
			    "region = x\n",
			.message = "source_profile 'a' has no credentials",
			.code = ERR_TOOL },
		{ .config = "[default]\nrole_arn = one\nsource_profile = default\n",
			.message = "'default' leads back to itself",
			.code = ERR_USAGE },
		{ .config = "[default]\nrole_arn = one\nsource_profile = a\n"
			    "[profile a]\nrole_arn = two\nsource_profile = b\n"
			    "[profile b]\nrole_arn = three\nsource_profile = a\n",
			.message = "profile 'b': source_profile 'a' leads back to itself",
			.code = ERR_USAGE },
	};

	fake_world_run(state, cases, ARRAY_SIZE(cases));
}

#define MFA_ROLE "role_arn = r\nsource_profile = src\nmfa_serial = arn:mfa\n"
#define WITH_CODE "&SerialNumber=arn%3Amfa&TokenCode=123456"

/* Counts how often it was asked. */
static int ask_code(
	const char *serial, char **ret_code, void *userdata, struct error *err)
{
	unsigned int *asked = userdata;

	(void)err;
	assert_string_equal(serial, "arn:mfa");
	(*asked)++;
	*ret_code = xstrdup("123456");
	return 0;
}

/* With a provider of its own, as each session has one. */
static struct aws_credentials *get_with_code(struct fake_world *w, const char *profile,
	struct mfa_keys *mfa, struct error *err)
{
	struct aws_config *config = NULL;
	struct aws_credentials *c = NULL;
	struct credentials_provider *p;

	assert_int_equal(aws_config_load(profile, &config, err), 0);
	p = credentials_provider_new(&(struct credentials_spec){
		.config = config,
		.http = &w->http,
		.region = "eu-west-1",
		.mfa = mfa,
		.now_s = fake_clock,
	});
	(void)credentials_provider_get(p, &c, err);
	p = credentials_provider_free(p);
	config = aws_config_free(config);
	return c;
}

static void expect_key(
	struct fake_world *w, const char *profile, struct mfa_keys *mfa, const char *key)
{
	struct error err = ERROR_INIT;
	CLEANUP(aws_credentials_unrefp)
	struct aws_credentials *c = get_with_code(w, profile, mfa, &err);

	if (!c)
		fail_msg("%s", err.msg);
	assert_string_equal(c->access_key_id, key);
}

static void a_person_is_asked_once_for_a_role(void **state)
{
	static const struct fake_exchange script[] = {
		{ "POST", STS, NULL, WITH_CODE, 200, "AK1 s t 2026-11-21T13:00:00Z" },
		{ "POST", STS, NULL, WITH_CODE, 200, "AK2 s t 2026-11-21T13:00:00Z" },
		{ "POST", STS, NULL, WITH_CODE, 200, "AK3 s t 2026-11-21T14:00:00Z" },
		{ 0 },
	};
	struct fake_world *w = *state;
	unsigned int asked = 0;
	struct mfa_keys *mfa = mfa_keys_new(ask_code, &asked);

	fake_world_write(
		w, "config", "[default]\n" MFA_ROLE "[profile other]\n" MFA_ROLE SOURCE);
	w->script = script;
	expect_key(w, NULL, mfa, "AK1");
	expect_key(w, NULL, mfa, "AK1");
	expect_key(w, "other", mfa, "AK2");
	fake_now_s += 58 * 60;
	expect_key(w, NULL, mfa, "AK1");
	assert_int_equal(asked, 2);
	fake_now_s += 90;
	expect_key(w, NULL, mfa, "AK3");
	assert_int_equal(asked, 3);
	mfa_keys_free(mfa);
}

/* Two sessions, and a clock that is two hours ahead of STS's. */
static void kept_keys_expire_by_the_clock_of_sts(void **state)
{
	static const struct fake_exchange script[] = {
		{ "POST", STS, "X-Amz-Date: 20261121T120000Z", WITH_CODE, 403, SKEWED,
			"Sat, 21 Nov 2026 10:00:00 GMT" },
		{ "POST", STS, "X-Amz-Date: 20261121T100000Z", WITH_CODE, 200,
			"AK1 s t 2026-11-21T11:00:00Z" },
		{ 0 },
	};
	struct fake_world *w = *state;
	unsigned int asked = 0;
	struct mfa_keys *mfa = mfa_keys_new(ask_code, &asked);

	fake_world_write(w, "config", "[default]\n" MFA_ROLE SOURCE);
	w->script = script;
	expect_key(w, NULL, mfa, "AK1");
	expect_key(w, NULL, mfa, "AK1");
	assert_int_equal(asked, 1);
	mfa_keys_free(mfa);
}

/* 0: the child had no keys, was lent them, and has them. */
static int look_as_a_child(struct mfa_keys *mfa, const struct strbuf *lent)
{
	struct server_clock clock = { 0 };
	struct error err = ERROR_INIT;
	struct aws_credentials *c;

	if (mfa_keys_find(mfa, "default", "r", FAKE_NOW_S, &clock))
		return 1;
	if (mfa_keys_take_back(mfa, lent, &err) < 0)
		return 2;
	c = mfa_keys_find(mfa, "default", "r", FAKE_NOW_S, &clock);
	if (!c || strcmp(c->access_key_id, "AK1") != 0 ||
		strcmp(c->secret_access_key, "s") != 0 ||
		strcmp(c->session_token, "t") != 0 || clock.ahead_s != -7200)
		return 3;
	return c->expires_at_s == FAKE_NOW_S - 3600 ? 0 : 4;
}

static void a_child_has_only_what_it_is_lent(void **state)
{
	const struct server_clock clock = { .ahead_s = -7200 };
	unsigned int asked = 0;
	struct mfa_keys *mfa = mfa_keys_new(ask_code, &asked);
	struct aws_credentials *c = aws_credentials_new(
		"AK1", "s", "t", FAKE_NOW_S - 3600, "an assumed role");
	CLEANUP(strbuf_releasep) struct strbuf lent = STRBUF_INIT;
	struct error err = ERROR_INIT;
	int status;
	pid_t pid;

	(void)state;
	mfa_keys_keep(mfa, "default", "r", c, &clock);
	mfa_keys_lend(mfa, &lent);
	pid = fork();
	if (pid == 0)
		_exit(look_as_a_child(mfa, &lent));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_string_equal(c->access_key_id, "AK1");
	strbuf_truncate(&lent, lent.length_bytes - 1);
	strbuf_add_char(&lent, '\0');
	strbuf_add(&lent, "x", 2);
	assert_int_equal(mfa_keys_take_back(mfa, &lent, &err), -1);
	aws_credentials_unref(c);
	mfa_keys_free(mfa);
}

static void keys_that_a_service_refuses_are_not_kept(void **state)
{
	static const struct fake_exchange script[] = {
		{ "POST", STS, NULL, WITH_CODE, 200, "AK1 s t 2026-11-21T13:00:00Z" },
		{ "POST", STS, NULL, WITH_CODE, 200, "AK2 s t 2026-11-21T13:00:00Z" },
		{ 0 },
	};
	struct fake_world *w = *state;
	unsigned int asked = 0;
	struct mfa_keys *mfa = mfa_keys_new(ask_code, &asked);
	struct error err = ERROR_INIT;
	struct aws_credentials *c;

	fake_world_write(w, "config", "[default]\n" MFA_ROLE SOURCE);
	w->script = script;
	c = get_with_code(w, NULL, mfa, &err);
	assert_non_null(c);
	mfa_keys_drop(mfa, c);
	c = aws_credentials_unref(c);
	expect_key(w, NULL, mfa, "AK2");
	mfa_keys_free(mfa);
}

/* Each of the two roles wants a code, and one is assumed with the other's keys. */
static void a_role_by_a_role_asks_for_both(void **state)
{
	static const struct fake_exchange script[] = {
		{ "POST", STS, "Credential=AKSRC/", WITH_CODE, 200,
			"AKMID s t 2026-11-21T13:00:00Z" },
		{ "POST", STS, "Credential=AKMID/", WITH_CODE, 200,
			"AKTOP s t 2026-11-21T13:00:00Z" },
		{ 0 },
	};
	struct fake_world *w = *state;
	unsigned int asked = 0;
	struct mfa_keys *mfa = mfa_keys_new(ask_code, &asked);

	fake_world_write(w, "config",
		"[default]\nrole_arn = top\nsource_profile = mid\nmfa_serial = arn:mfa\n"
		"[profile mid]\n" MFA_ROLE SOURCE);
	w->script = script;
	expect_key(w, NULL, mfa, "AKTOP");
	expect_key(w, "mid", mfa, "AKMID");
	assert_int_equal(asked, 2);
	mfa_keys_free(mfa);
}

static int ask_nobody(
	const char *serial, char **ret_code, void *userdata, struct error *err)
{
	(void)serial;
	(void)ret_code;
	(void)userdata;
	(void)err;
	return 0;
}

static int ask_in_vain(
	const char *serial, char **ret_code, void *userdata, struct error *err)
{
	(void)ret_code;
	(void)userdata;
	return error_set(err, ERR_INTERRUPTED, 0, "no code of '%s'", serial);
}

static void without_a_code_nothing_is_sent(void **state)
{
	static const struct {
		mfa_ask_fn *ask;
		enum err_code code;
		const char *message;
	} cases[] = {
		{ ask_nobody, ERR_USAGE,
			"MFA device 'arn:mfa', and nobody can be asked" },
		{ ask_in_vain, ERR_INTERRUPTED,
			"profile 'default': no code of 'arn:mfa'" },
	};
	struct fake_world *w = *state;

	fake_world_write(w, "config", "[default]\n" MFA_ROLE SOURCE);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mfa_keys *mfa = mfa_keys_new(cases[i].ask, NULL);
		struct error err = ERROR_INIT;

		assert_null(get_with_code(w, NULL, mfa, &err));
		unit_assert_error(&err, cases[i].code, cases[i].message);
		mfa_keys_free(mfa);
	}
}

static void web_identities_are_sent_unsigned(void **state)
{
	static const char body[] =
		"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&"
		"RoleArn=arn&RoleSessionName=me&WebIdentityToken=a.b%2Bc";
	struct fake_world *w = *state;
	CLEANUP(freep) char *path = path_join(w->directory, "token");
	CLEANUP(freep)
	char *config = xasprintf("[default]\nrole_arn = arn\nrole_session_name = me\n"
				 "web_identity_token_file = %s\n",
		path);
	const struct fake_case cases[] = {
		{ .config = config,
			.script = { { "POST", STS, "Content-Type: ", body, 200, GOOD } },
			.key = "AKID" },
		{ .variables = { { "AWS_WEB_IDENTITY_TOKEN_FILE", path },
			  { "AWS_ROLE_ARN", "arn" }, { "AWS_ROLE_SESSION_NAME", "me" } },
			.script = { { "POST", STS, "Content-Type: ", body, 200, GOOD } },
			.key = "AKID" },
		{ .variables = { { "AWS_WEB_IDENTITY_TOKEN_FILE", path } },
			.message = "set AWS_ROLE_ARN",
			.code = ERR_USAGE },
		{ .variables = { { "AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent" },
			  { "AWS_ROLE_ARN", "arn" } },
			.message = "web identity token: ",
			.code = ERR_SYSTEM },
	};

	fake_world_write(w, "token", "a.b+c");
	fake_world_run(state, cases, ARRAY_SIZE(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAKE_TEST(roles_are_assumed),
		FAKE_TEST(a_wrong_clock_is_corrected),
		FAKE_TEST(roles_that_lead_nowhere_are_refused),
		FAKE_TEST(a_person_is_asked_once_for_a_role),
		FAKE_TEST(kept_keys_expire_by_the_clock_of_sts),
		FAKE_TEST(a_child_has_only_what_it_is_lent),
		FAKE_TEST(keys_that_a_service_refuses_are_not_kept),
		FAKE_TEST(a_role_by_a_role_asks_for_both),
		FAKE_TEST(without_a_code_nothing_is_sent),
		FAKE_TEST(web_identities_are_sent_unsigned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
