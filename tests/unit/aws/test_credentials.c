/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials.h"

#include "credentials_fake.h"

#include <pthread.h>
#include <semaphore.h>

/* Keys are looked for in each setting; "" is a variable that is not set. */
struct setting {
	const char *config, *credentials, *profile;
	const char *id, *secret, *token, *security_token;
	const char *profile_variable; /* NULL: not set */
};

static const struct setting settings[] = {
	{ "", "", NULL, "AKENV", "s", "", "" },
	{ "", "", NULL, "AKENV", "s", "t", "" },
	{ "", "", NULL, "AKENV", "s", "t", "u" },
	{ "", "", NULL, "AKENV", "", "", "" },
	{ "", "", NULL, "", "s", "", "" },
	{ "", "[default]\naws_access_key_id=AKF\naws_secret_access_key=f\n", NULL,
		"AKENV", "s", "", "" },
	{ "", "[default]\naws_access_key_id=AKF\naws_secret_access_key=f\n", "default",
		"AKENV", "s", "", "" },
	{ "", "[default]\naws_access_key_id=AKF\naws_secret_access_key=f\n", NULL, "", "",
		"", "" },
	{ "", "[default]\naws_access_key_id=AKF\n", NULL, "", "", "", "" },
	{ "", "[default]\naws_secret_access_key=f\n", NULL, "", "", "", "" },
	{ "",
		"[default]\naws_access_key_id=AKF\naws_secret_access_key=f\n"
		"aws_session_token=t\naws_security_token=u\n",
		NULL, "", "", "", "" },
	{ "[default]\naws_access_key_id=AKC\naws_secret_access_key=c\n",
		"[default]\naws_access_key_id=AKF\naws_secret_access_key=f\n", NULL, "",
		"", "", "" },
	{ "[default]\naws_access_key_id=AKC\naws_secret_access_key=c\n", "", NULL, "", "",
		"", "" },
	{ "[default]\naws_access_key_id=AKC\n", "", NULL, "", "", "", "" },
	{ "[profile x]\naws_access_key_id=AKC\naws_secret_access_key=c\n",
		"[x]\nregion=r\n", "x", "", "", "", "" },
	{ "[default]\naws_access_key_id=AKC\naws_secret_access_key=c\n"
	  "credential_process=printf '%s' '{\"Version\": 1, \"AccessKeyId\": \"AKP\", "
	  "\"SecretAccessKey\": \"p\", \"SessionToken\": \"pt\"}'\n",
		"", NULL, "", "", "", "" },
	{ "[default]\ncredential_process=printf '%s' '{\"Version\": 2}'\n", "", NULL, "",
		"", "", "" },
	{ "[default]\ncredential_process=false\n"
	  "aws_access_key_id=AKC\naws_secret_access_key=c\n",
		"", NULL, "", "", "", "" },
	/* A profile that a variable names leaves the keys of the environment. */
	{ "", "[x]\naws_access_key_id=AKF\naws_secret_access_key=f\n", NULL, "AKENV", "s",
		"", "", "x" },
	{ "", "[x]\naws_access_key_id=AKF\naws_secret_access_key=f\n", NULL, "", "", "",
		"", "x" },
	{ "[default]\nrole_arn=arn:aws:iam::1:role/r\n", "", NULL, "", "", "", "" },
	{ "[default]\nrole_arn=r\nsource_profile=no\n", "", NULL, "", "", "", "" },
	{ "[default]\nrole_arn=r\nsource_profile=no\n", "", NULL, "AKENV", "s", "", "" },
	{ "[default]\nsso_account_id=1\n",
		"[default]\naws_access_key_id=AKF\naws_secret_access_key=f\n", NULL, "",
		"", "", "" },
	{ "", "", NULL, "", "", "", "" },
};

static void set(const char *variable, const char *value)
{
	if (*value)
		(void)setenv(variable, value, 1);
	else
		(void)unsetenv(variable);
}

/* Set up the world by `s`, and describe it to the oracle. */
static void set_up(struct fake_world *w, size_t i, struct strbuf *lines)
{
	const struct setting *s = &settings[i];
	CLEANUP(freep) char *config_name = xasprintf("%zu.config", i);
	CLEANUP(freep) char *credentials_name = xasprintf("%zu.credentials", i);
	CLEANUP(freep) char *config = path_join(w->directory, config_name);
	CLEANUP(freep) char *credentials = path_join(w->directory, credentials_name);
	const char *const variables[][2] = {
		{ "AWS_CONFIG_FILE", config },
		{ "AWS_SHARED_CREDENTIALS_FILE", credentials },
		{ "AWS_ACCESS_KEY_ID", s->id },
		{ "AWS_SECRET_ACCESS_KEY", s->secret },
		{ "AWS_SESSION_TOKEN", s->token },
		{ "AWS_SECURITY_TOKEN", s->security_token },
		{ "AWS_PROFILE", s->profile_variable ? s->profile_variable : "" },
	};

	fake_world_write(w, config_name, s->config);
	fake_world_write(w, credentials_name, s->credentials);
	strbuf_add_str(lines, s->profile ? s->profile : "");
	for (size_t k = 0; k < ARRAY_SIZE(variables); k++) {
		set(variables[k][0], variables[k][1]);
		strbuf_addf(lines, "\t%s", variables[k][1]);
	}
	strbuf_add_char(lines, '\n');
}

/* What is found, as the oracle says it. */
static char *found(struct fake_world *w, const char *profile)
{
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *c = NULL;
	struct strbuf got = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (fake_world_get(w, profile, &c, &err))
		return xstrdup(strstr(err.msg, "no credentials in") ? "none" : "error");
	strbuf_add_str(&got, "keys");
	oracle_add_field(&got, c->access_key_id);
	oracle_add_field(&got, c->secret_access_key);
	oracle_add_field(&got, c->session_token ? c->session_token : "");
	return strbuf_take(&got);
}

static void botocore_finds_the_same(void **state)
{
	struct fake_world *w = *state;
	CLEANUP(strbuf_releasep) struct strbuf lines = STRBUF_INIT;
	CLEANUP(strv_releasep) struct strv arguments = STRV_INIT;
	CLEANUP(strv_releasep) struct strv got = STRV_INIT;
	CLEANUP(freep) char *said = NULL;
	char *rest;

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		set_up(w, i, &lines);
		strv_take(&got, found(w, settings[i].profile));
	}
	fake_world_write(w, "settings", lines.data);
	STRV_ADD(&arguments, CONFIG_ORACLE, "credentials");
	strv_take(&arguments, path_join(w->directory, "settings"));
	said = oracle_ask(&arguments);
	rest = said;
	for (size_t i = 0; i < got.count; i++) {
		const char *expected = strsep(&rest, "\n");

		if (!expected || strcmp(got.items[i], expected) != 0)
			fail_msg("setting %zu: botocore: %s; here: %s", i,
				expected ? expected : "nothing", got.items[i]);
	}
}

#define ROLE_CONFIG                                       \
	"[default]\nrole_arn = r\nsource_profile = src\n" \
	"[profile src]\naws_access_key_id = AKSRC\naws_secret_access_key = s\n"
#define STS "https://sts.eu-west-1.amazonaws.com/"

static void assert_key(struct credentials_provider *p, const char *id)
{
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *c = NULL;
	struct error err = ERROR_INIT;

	if (credentials_provider_get(p, &c, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(c->access_key_id, id);
}

static void keys_are_refreshed_before_they_expire(void **state)
{
	static const struct fake_exchange script[] = {
		{ "POST", STS, NULL, NULL, 200, "AK1 s t 2026-11-21T13:00:00Z" },
		{ "POST", STS, NULL, NULL, 0, NULL },
		{ "POST", STS, NULL, NULL, 200, "AK2 s t 2026-11-21T14:00:00Z" },
		{ "POST", STS, NULL, NULL, 500, "Internal: sorry" },
		{ "POST", STS, NULL, NULL, 200, "AK3 s t 2026-11-21T13:00:00Z" },
		{ 0 },
	};
	struct fake_world *w = *state;
	CLEANUP(aws_config_freep) struct aws_config *config = NULL;
	CLEANUP(credentials_provider_freep) struct credentials_provider *p = NULL;
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *c = NULL;
	struct error err = ERROR_INIT;

	w->script = script;
	fake_world_write(w, "config", ROLE_CONFIG);
	p = fake_world_provider(w, NULL, &config);
	assert_key(p, "AK1");
	fake_now_s = FAKE_NOW_S + 45 * 60;
	assert_key(p, "AK1");
	assert_int_equal(w->played, 1);
	/* Fifteen minutes before the end a failure is none yet, nor repeated at once. */
	fake_now_s++;
	assert_key(p, "AK1");
	assert_int_equal(w->played, 2);
	fake_now_s += 30;
	assert_key(p, "AK1");
	assert_int_equal(w->played, 2);
	fake_now_s += 31;
	assert_key(p, "AK2");
	/* Ten minutes before the end it is. */
	fake_now_s = FAKE_NOW_S + 110 * 60 + 1;
	assert_int_equal(credentials_provider_get(p, &c, &err), -1);
	unit_assert_error(&err, ERR_FETCH, "Internal: sorry");
	/* What comes expired is none. */
	assert_int_equal(credentials_provider_get(p, &c, &err), -1);
	unit_assert_error(&err, ERR_TOOL, "an assumed role have expired");
}

static void static_keys_are_read_once(void **state)
{
	struct fake_world *w = *state;
	CLEANUP(aws_config_freep) struct aws_config *config = NULL;
	CLEANUP(credentials_provider_freep) struct credentials_provider *p = NULL;

	(void)setenv("AWS_ACCESS_KEY_ID", "AK1", 1);
	(void)setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	p = fake_world_provider(w, NULL, &config);
	assert_key(p, "AK1");
	(void)setenv("AWS_ACCESS_KEY_ID", "AK2", 1);
	fake_now_s += 1000000;
	assert_key(p, "AK1");
}

/* The environment cannot renew what it says. */
static void an_environment_that_expires_is_told(void **state)
{
	struct fake_world *w = *state;
	struct aws_credentials *c = NULL;
	struct error err = ERROR_INIT;

	(void)setenv("AWS_ACCESS_KEY_ID", "AK1", 1);
	(void)setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	(void)setenv("AWS_CREDENTIAL_EXPIRATION", "2026-11-21T11:59:59Z", 1);
	assert_non_null(fake_world_get(w, NULL, &c, &err));
	unit_assert_error(
		&err, ERR_TOOL, "the credentials from the environment have expired");
	(void)setenv("AWS_CREDENTIAL_EXPIRATION", "tomorrow", 1);
	assert_non_null(fake_world_get(w, NULL, &c, &err));
	unit_assert_error(&err, ERR_USAGE, "AWS_CREDENTIAL_EXPIRATION");
	(void)setenv("AWS_CREDENTIAL_EXPIRATION", "2026-11-21T12:30:00Z", 1);
	assert_null(fake_world_get(w, NULL, &c, &err));
	assert_int_equal(c->expires_at_s, FAKE_NOW_S + 1800);
	c = aws_credentials_unref(c);
}

/* A source that does not answer before it is let. */
struct gate {
	struct credentials_http http;
	sem_t asked, let;
	unsigned int asks;
};

static int slow_fetch(const struct credentials_http *http,
	const struct credentials_http_request *request,
	struct credentials_http_response *ret, struct error *err)
{
	struct gate *g = http->userdata;

	(void)request;
	(void)err;
	if (__atomic_add_fetch(&g->asks, 1, __ATOMIC_SEQ_CST) > 1) {
		(void)sem_post(&g->asked);
		(void)sem_wait(&g->let);
	}
	ret->status = 200;
	strbuf_add_str(&ret->body, g->asks == 1 ? "AK1 s t 2026-11-21T13:00:00Z"
						: "AK2 s t 2026-11-21T14:00:00Z");
	return 0;
}

static void *get_second(void *userdata)
{
	assert_key(userdata, "AK2");
	return NULL;
}

static void others_go_on_while_one_refreshes(void **state)
{
	struct fake_world *w = *state;
	struct gate g = { .http = w->http };
	CLEANUP(aws_config_freep) struct aws_config *config = NULL;
	CLEANUP(credentials_provider_freep) struct credentials_provider *p = NULL;
	pthread_t refreshing, waiting;

	(void)sem_init(&g.asked, 0, 0);
	(void)sem_init(&g.let, 0, 0);
	g.http.fetch = slow_fetch;
	g.http.userdata = &g;
	w->http = g.http;
	fake_world_write(w, "config", ROLE_CONFIG);
	p = fake_world_provider(w, NULL, &config);
	assert_key(p, "AK1");
	fake_now_s = FAKE_NOW_S + 46 * 60;
	assert_int_equal(pthread_create(&refreshing, NULL, get_second, p), 0);
	(void)sem_wait(&g.asked);
	assert_key(p, "AK1");
	/* In the last ten minutes all wait for the one that asks. */
	__atomic_store_n(&fake_now_s, FAKE_NOW_S + 51 * 60, __ATOMIC_SEQ_CST);
	assert_int_equal(pthread_create(&waiting, NULL, get_second, p), 0);
	(void)sem_post(&g.let);
	(void)pthread_join(refreshing, NULL);
	(void)pthread_join(waiting, NULL);
	assert_int_equal(g.asks, 2);
	(void)sem_destroy(&g.asked);
	(void)sem_destroy(&g.let);
}

static void references_keep_keys(void **state)
{
	struct aws_credentials *a =
		aws_credentials_new("AKID", "secret", NULL, 0, "here");
	struct aws_credentials *b = aws_credentials_ref(a);

	(void)state;
	a = aws_credentials_unref(a);
	assert_null(a);
	assert_string_equal(b->access_key_id, "AKID");
	assert_string_equal(b->secret_access_key, "secret");
	assert_null(b->session_token);
	b = aws_credentials_unref(b);
	assert_null(aws_credentials_unref(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAKE_TEST(botocore_finds_the_same),
		FAKE_TEST(keys_are_refreshed_before_they_expire),
		FAKE_TEST(static_keys_are_read_once),
		FAKE_TEST(an_environment_that_expires_is_told),
		FAKE_TEST(others_go_on_while_one_refreshes),
		cmocka_unit_test(references_keep_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
