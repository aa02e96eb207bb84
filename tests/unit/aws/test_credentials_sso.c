/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials_source.h"

#include <sys/stat.h>

#include "base/fd.h"

#include "credentials_fake.h"

#define PORTAL                                                                  \
	"https://portal.sso.eu-central-1.amazonaws.com/federation/credentials?" \
	"role_name=Admin%20x&account_id=123"
/* SHA-1 of "corp", "https://corp.awsapps.com/start" and "late". */
#define SSO_CORP "ee0bfd2552fbd840c02cc48b6e823320543c450f"
#define SSO_OLD "a51746d4aa793ae07b25e90c3a5db96fc7832bd7"
#define SSO_LATE "5d6200f8cf98af475edcac2c97f966ad156ed51f"

/* Files of the AWS CLI's cache are named by the session, or else by the start URL. */
static void sso_tokens_are_taken_from_the_cache(void **state)
{
	static const char config[] =
		"[default]\nsso_session = corp\nsso_account_id = 123\n"
		"sso_role_name = Admin x\n"
		"[sso-session corp]\nsso_region = eu-central-1\n"
		"sso_start_url = https://corp.awsapps.com/start\n";
	static const char old[] =
		"[default]\nsso_account_id = 123\nsso_role_name = Admin x\n"
		"sso_region = eu-central-1\n"
		"sso_start_url = https://corp.awsapps.com/start\n";
	static const char answer[] =
		"{\"roleCredentials\": {\"accessKeyId\": \"AKID\", \"secretAccessKey\": "
		"\"SECRET\", \"sessionToken\": \"t\", \"expiration\": 1795269600123}}";
	static const struct fake_case cases[] = {
		{ .config = config,
			.script = { { "GET", PORTAL, "x-amz-sso_bearer_token: tok-corp",
				NULL, 200, answer } },
			.key = "AKID" },
		{ .config = old,
			.script = { { "GET", PORTAL, "x-amz-sso_bearer_token: tok-old",
				NULL, 200, answer } },
			.key = "AKID" },
		{ .config = config,
			.script = { { "GET", PORTAL, NULL, NULL, 401, "SECRET" } },
			.message =
				"refuses the token; log in with: aws sso login --profile "
				"default",
			.code = ERR_TOOL },
		{ .config = config,
			.script = { { "GET", PORTAL, NULL, NULL, 403, "SECRET" } },
			.message = "no keys of role 'Admin x' in account 123: status 403",
			.code = ERR_FETCH },
		{ .config = config,
			.script = { { "GET", PORTAL, NULL, NULL, 200, "{}" } },
			.message = "not the JSON",
			.code = ERR_FORMAT },
		{ .config = config,
			.script = { { "GET", PORTAL, NULL, NULL, 0, NULL } },
			.message = "profile 'default', SSO: nobody answers",
			.code = ERR_FETCH },
		{ .config = "[default]\nsso_session = late\nsso_account_id = 1\n"
			    "sso_role_name = r\n[sso-session late]\nsso_region = x\n"
			    "sso_start_url = y\n",
			.message = "the SSO token has expired; log in",
			.code = ERR_TOOL },
		{ .config = "[default]\nsso_session = none\nsso_account_id = 1\n"
			    "sso_role_name = r\n[sso-session none]\nsso_region = x\n"
			    "sso_start_url = y\n",
			.message = "there is no SSO token; log in",
			.code = ERR_TOOL },
		{ .config = "[default]\nsso_session = corp\nsso_account_id = 1\n"
			    "sso_role_name = r\nsso_region = a\n"
			    "[sso-session corp]\nsso_region = b\n",
			.message = "has no sso_start_url",
			.code = ERR_USAGE },
		{ .config = "[default]\nsso_session = corp\nsso_account_id = 1\n"
			    "sso_role_name = r\nsso_region = a\nsso_start_url = y\n"
			    "[sso-session corp]\nsso_region = b\n",
			.message = "differ in sso_region",
			.code = ERR_USAGE },
	};
	struct fake_world *w = *state;
	CLEANUP(freep) char *cache = path_join(w->directory, ".aws/sso/cache");
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(cache, 0700, &err), 0);
	unit_write_file(cache, SSO_CORP ".json",
		"{\"accessToken\": \"tok-corp\", \"expiresAt\": "
		"\"2026-11-21T12:00:01Z\"}");
	unit_write_file(cache, SSO_OLD ".json",
		"{\"accessToken\": \"tok-old\", \"expiresAt\": "
		"\"2026-11-21T13:00:00UTC\"}");
	unit_write_file(cache, SSO_LATE ".json",
		"{\"accessToken\": \"SECRET\", \"expiresAt\": \"2026-11-21T12:00:00Z\"}");
	fake_world_run(state, cases, ARRAY_SIZE(cases));
}

#define OIDC "https://oidc.eu-central-1.amazonaws.com/token"
#define CLIENT                                                   \
	"\"clientId\": \"id\", \"clientSecret\": \"SECRET\", "   \
	"\"refreshToken\": \"re1\", \"registrationExpiresAt\": " \
	"\"2026-12-01T00:00:00Z\""
#define RENEWED                                              \
	"{\"accessToken\": \"tok2\", \"expiresIn\": 28800, " \
	"\"refreshToken\": \"re2\", \"tokenType\": \"Bearer\"}"

static const char role_keys[] =
	"{\"roleCredentials\": {\"accessKeyId\": \"AKID\", \"secretAccessKey\": "
	"\"SECRET\", \"sessionToken\": \"t\", \"expiration\": 1795269600123}}";

/* A token, what comes of asking for another, and how it ends. */
struct renewal {
	const char *expires_at, *more; /* of the file */
	struct fake_exchange script[3];
	const char *message; /* or NULL: keys are there */
	bool is_saved;
};

static void assert_renewal(
	struct fake_world *w, const char *cache, const struct renewal *r)
{
	CLEANUP(freep)
	char *file = xasprintf("{\"accessToken\": \"tok1\", \"expiresAt\": "
			       "\"%s\"%s%s}",
		r->expires_at, *r->more ? ", " : "", r->more);
	CLEANUP(freep) char *path = path_join(cache, SSO_CORP ".json");
	CLEANUP(freep) char *now = NULL;
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *c = NULL;
	struct error err = ERROR_INIT;
	const char *failure;
	struct stat st;

	unit_write_file(cache, SSO_CORP ".json", file);
	w->script = r->script;
	w->played = 0;
	failure = fake_world_get(w, NULL, &c, &err);
	assert_null(r->script[w->played].method);
	w->script = NULL;
	if (!failure != !r->message || (failure && !strstr(failure, r->message)))
		fail_msg("%s", failure ? failure : "it went well");
	assert_int_equal(file_read_all(path, 4096, &now, NULL, &err), 0);
	if (!r->is_saved) {
		assert_string_equal(now, file);
		return;
	}
	assert_string_equal(now,
		"{\n  \"startUrl\": \"https://corp.awsapps.com/start\",\n"
		"  \"region\": \"eu-central-1\",\n  \"accessToken\": \"tok2\",\n"
		"  \"expiresAt\": \"2026-11-21T20:00:00Z\",\n  \"clientId\": \"id\",\n"
		"  \"clientSecret\": \"SECRET\",\n"
		"  \"registrationExpiresAt\": \"2026-12-01T00:00:00Z\",\n"
		"  \"refreshToken\": \"re2\"\n}");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void tokens_of_a_session_are_renewed(void **state)
{
	static const struct renewal cases[] = {
		{ "2026-11-21T11:00:00Z", CLIENT,
			{ { "POST", OIDC, "Content-Type: application/json",
				  "{\"grantType\":\"refresh_token\",\"clientId\":\"id\","
				  "\"clientSecret\":\"SECRET\",\"refreshToken\":\"re1\"}",
				  200, RENEWED },
				{ "GET", PORTAL, "x-amz-sso_bearer_token: tok2", NULL,
					200, role_keys } },
			.is_saved = true },
		{ "2026-11-21T12:14:59Z", CLIENT,
			{ { "POST", OIDC, NULL, NULL, 200, RENEWED },
				{ "GET", PORTAL, "bearer_token: tok2", NULL, 200,
					role_keys } },
			.is_saved = true },
		{ "2026-11-21T12:15:00Z", CLIENT,
			{ { "GET", PORTAL, "bearer_token: tok1", NULL, 200,
				role_keys } } },
		/* What is still good serves when no other is to be had. */
		{ "2026-11-21T12:14:59Z", CLIENT,
			{ { "POST", OIDC, NULL, NULL, 400,
				  "{\"error\": \"invalid_grant\"}" },
				{ "GET", PORTAL, "bearer_token: tok1", NULL, 200,
					role_keys } } },
		{ "2026-11-21T12:14:59Z", CLIENT,
			{ { "POST", OIDC, NULL, NULL, 0, NULL },
				{ "GET", PORTAL, "bearer_token: tok1", NULL, 200,
					role_keys } } },
		{ "2026-11-21T12:00:00Z", CLIENT,
			{ { "POST", OIDC, NULL, NULL, 400,
				"{\"error\": \"invalid_grant\"}" } },
			.message = "the SSO token has expired; log in" },
		{ "2026-11-21T12:00:00Z", CLIENT,
			{ { "POST", OIDC, NULL, NULL, 0, NULL } },
			.message = "profile 'default': renew the SSO token: nobody "
				   "answers" },
		{ "2026-11-21T12:00:00Z", CLIENT,
			{ { "POST", OIDC, NULL, NULL, 200, "{}" } },
			.message = "SSO-OIDC lacks a token" },
		/* No client, or one whose time is over. */
		{ "2026-11-21T12:00:00Z", "\"refreshToken\": \"re1\"", { { 0 } },
			.message = "the SSO token has expired; log in" },
		{ "2026-11-21T12:00:00Z",
			"\"clientId\": \"id\", \"clientSecret\": \"S\", "
			"\"refreshToken\": \"re1\", \"registrationExpiresAt\": "
			"\"2026-11-21T12:00:00Z\"",
			{ { 0 } }, .message = "the SSO token has expired; log in" },
	};
	struct fake_world *w = *state;
	CLEANUP(freep) char *cache = path_join(w->directory, ".aws/sso/cache");
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(cache, 0700, &err), 0);
	fake_world_write(w, "config",
		"[default]\nsso_session = corp\nsso_account_id = 123\n"
		"sso_role_name = Admin x\n"
		"[sso-session corp]\nsso_region = eu-central-1\n"
		"sso_start_url = https://corp.awsapps.com/start\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_renewal(w, cache, &cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAKE_TEST(sso_tokens_are_taken_from_the_cache),
		FAKE_TEST(tokens_of_a_session_are_renewed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
