/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "credentials_fake.h"

int64_t fake_now_s = FAKE_NOW_S;

int64_t fake_clock(void)
{
	return __atomic_load_n(&fake_now_s, __ATOMIC_SEQ_CST);
}

static void check_part(const char *what, const char *whole, const char *part)
{
	if (part && !strstr(whole ? whole : "", part))
		fail_msg("the %s '%s' has no '%s'", what, whole ? whole : "", part);
}

static void check_header(const struct credentials_http_request *r, const char *part)
{
	CLEANUP(strbuf_releasep) struct strbuf all = STRBUF_INIT;

	for (size_t i = 0; i < r->header_count; i++)
		strbuf_addf(&all, "%s: %s\n", r->headers[i].name, r->headers[i].value);
	check_part("headers", all.data, part);
}

static int fetch(const struct credentials_http *http,
	const struct credentials_http_request *request,
	struct credentials_http_response *ret, struct error *err)
{
	struct fake_world *w = http->userdata;
	const struct fake_exchange *e = &w->script[w->played];

	if (!w->script || !e->method)
		fail_msg("nobody expects %s %s", request->method, request->url);
	w->played++;
	assert_string_equal(request->method, e->method);
	assert_string_equal(request->url, e->url);
	check_header(request, e->header);
	check_part("body", request->body, e->body);
	assert_true(request->timeout_ms && request->attempts && request->most_bytes);
	if (!e->status)
		return error_set(err, ERR_FETCH, 0, "nobody answers");
	ret->status = e->status;
	ret->date = e->date ? xstrdup(e->date) : NULL;
	strbuf_add_str(&ret->body, e->answer ? e->answer : "");
	return 0;
}

static int decode_sts(const struct credentials_http *http,
	const struct credentials_http_response *response, struct credentials_fields *ret,
	struct error *err)
{
	CLEANUP(freep) char *text = xstrdup(response->body.data);
	char *rest = text;
	char **fields[] = { &ret->access_key_id, &ret->secret_access_key,
		&ret->session_token, &ret->expiration };

	(void)http;
	if (response->status != 200)
		return error_set(err, ERR_FETCH, (int)response->status, "%s", text);
	for (size_t i = 0; i < ARRAY_SIZE(fields) && rest; i++)
		*fields[i] = xstrdup(strsep(&rest, " "));
	return 0;
}

int fake_world_setup(void **state)
{
	struct fake_world *w = xcalloc(1, sizeof(*w));
	CLEANUP(freep) char *config = NULL;
	CLEANUP(freep) char *credentials = NULL;
	void *directory;

	if (scratch_make(&directory) < 0)
		return -1;
	w->directory = directory;
	w->http = (struct credentials_http){
		.fetch = fetch, .decode_sts = decode_sts, .userdata = w
	};
	oracle_clear_environment();
	config = path_join(w->directory, "config");
	credentials = path_join(w->directory, "credentials");
	(void)setenv("HOME", w->directory, 1);
	(void)setenv("AWS_CONFIG_FILE", config, 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", credentials, 1);
	(void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	fake_now_s = FAKE_NOW_S;
	*state = w;
	return 0;
}

int fake_world_teardown(void **state)
{
	struct fake_world *w = *state;
	void *directory = w->directory;

	/* All that was expected has been asked. */
	assert_true(!w->script || !w->script[w->played].method);
	free(w);
	return scratch_remove(&directory);
}

void fake_world_write(const struct fake_world *w, const char *name, const char *text)
{
	unit_write_file(w->directory, name, text);
}

struct credentials_provider *fake_world_provider(
	struct fake_world *w, const char *profile, struct aws_config **ret_config)
{
	struct error err = ERROR_INIT;

	if (aws_config_load(profile, ret_config, &err) < 0)
		fail_msg("%s", err.msg);
	return credentials_provider_new(&(struct credentials_spec){
		.config = *ret_config,
		.http = &w->http,
		.region = "eu-west-1",
		.now_s = fake_clock,
	});
}

const char *fake_world_get(struct fake_world *w, const char *profile,
	struct aws_credentials **ret, struct error *err)
{
	struct aws_config *config = NULL;
	struct credentials_provider *p = fake_world_provider(w, profile, &config);
	int rc = credentials_provider_get(p, ret, err);

	p = credentials_provider_free(p);
	config = aws_config_free(config);
	return rc < 0 ? err->msg : NULL;
}

/* The name of the variable, AWS_SECRET_ACCESS_KEY, may be told. */
static bool tells_secret(const char *text)
{
	static const char name[] = "SECRET_ACCESS_KEY";

	while ((text = strstr(text, "SECRET")) && !strncmp(text, name, sizeof(name) - 1))
		text++;
	return text != NULL;
}

static void run_case(struct fake_world *w, const struct fake_case *s)
{
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *c = NULL;
	struct error err = ERROR_INIT;
	const char *failure;

	fake_world_write(w, "config", s->config ? s->config : "");
	for (size_t i = 0; i < ARRAY_SIZE(s->variables) && s->variables[i][0]; i++)
		(void)setenv(s->variables[i][0], s->variables[i][1], 1);
	w->script = s->script;
	w->played = 0;
	failure = fake_world_get(w, NULL, &c, &err);
	for (size_t i = 0; i < ARRAY_SIZE(s->variables) && s->variables[i][0]; i++)
		(void)unsetenv(s->variables[i][0]);
	(void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	if (failure && !s->message)
		fail_msg("%s\n%s", s->config ? s->config : "", failure);
	if (s->message) {
		assert_non_null(failure);
		unit_assert_error(&err, s->code, s->message);
		assert_false(tells_secret(err.msg) || tells_secret(err.output));
	} else {
		assert_string_equal(c->access_key_id, s->key);
	}
	if (s->script[w->played].method)
		fail_msg("nobody asked for %s", s->script[w->played].url);
	w->script = NULL;
}

void fake_world_run(void **state, const struct fake_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++)
		run_case(*state, &cases[i]);
}
