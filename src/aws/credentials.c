/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/credentials.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws/credentials_source.h"
#include "aws/mfa_keys.h"
#include "aws/secret.h"
#include "base/alloc.h"
#include "base/cleanup.h"

/* After a failure while the keys are still good, how long nobody tries again. */
enum { RETRY_S = 60 };

/* The keys and their text, on the same pages. */
struct holder {
	struct aws_credentials public;
	atomic_uint references;
	size_t size_bytes;
	char text[];
};

static const char *put(char **at, const char *text)
{
	char *here = *at;

	if (!text)
		return NULL;
	*at = stpcpy(here, text) + 1;
	return here;
}

struct aws_credentials *aws_credentials_new(const char *access_key_id,
	const char *secret_access_key, const char *session_token, int64_t expires_at_s,
	const char *source)
{
	size_t size_bytes = sizeof(struct holder) + strlen(access_key_id) + 1 +
			    strlen(secret_access_key) + 1 +
			    (session_token ? strlen(session_token) + 1 : 0);
	struct holder *h = secret_alloc(size_bytes);
	char *at = h->text;

	h->size_bytes = size_bytes;
	atomic_init(&h->references, 1);
	h->public.access_key_id = put(&at, access_key_id);
	h->public.secret_access_key = put(&at, secret_access_key);
	h->public.session_token = put(&at, session_token);
	h->public.expires_at_s = expires_at_s;
	h->public.source = source;
	return &h->public;
}

struct aws_credentials *aws_credentials_ref(struct aws_credentials *c)
{
	atomic_fetch_add(&((struct holder *)c)->references, 1);
	return c;
}

struct aws_credentials *aws_credentials_unref(struct aws_credentials *c)
{
	struct holder *h = (struct holder *)c;

	if (h && atomic_fetch_sub(&h->references, 1) == 1)
		secret_free(h, h->size_bytes);
	return NULL;
}

void aws_credentials_keep_from_children(struct aws_credentials *c)
{
	struct holder *h = (struct holder *)c;

	/* Where it fails, a child has what it has of other keys, too. */
	(void)secret_keep_from_children(h, h->size_bytes);
}

static const struct source {
	credentials_source_fn *load;
	bool of_profile; /* what a source_profile may use */
} sources[] = {
	{ credentials_from_environment, false },
	{ credentials_from_role, false },
	{ credentials_from_web_identity, true },
	{ credentials_from_sso, true },
	{ credentials_from_shared_file, true },
	{ credentials_from_login, true },
	{ credentials_from_process, true },
	{ credentials_from_config_file, true },
	{ credentials_from_container, false },
	{ credentials_from_instance, false },
};

struct credentials_provider {
	struct credentials_spec spec;
	struct sigv4_signer *signer;
	pthread_mutex_t refreshing; /* held by who asks the source */
	const struct source
		*source; /* under `refreshing`: the one that had credentials */
	pthread_mutex_t lock; /* of what follows */
	struct aws_credentials *current;
	struct server_clock clock; /* STS's, where it was asked */
	int64_t retry_at_s;
};

struct credentials_provider *credentials_provider_new(const struct credentials_spec *spec)
{
	struct credentials_provider *p = xcalloc(1, sizeof(*p));

	p->spec = *spec;
	p->signer = sigv4_signer_new();
	(void)pthread_mutex_init(&p->refreshing, NULL);
	(void)pthread_mutex_init(&p->lock, NULL);
	return p;
}

struct credentials_provider *credentials_provider_free(struct credentials_provider *p)
{
	if (!p)
		return NULL;
	p->current = aws_credentials_unref(p->current);
	p->signer = sigv4_signer_free(p->signer);
	(void)pthread_mutex_destroy(&p->refreshing);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
	return NULL;
}

const char *credentials_profile_value(
	const struct credentials_context *c, const char *key)
{
	return aws_config_get(c->spec->config, c->profile, key);
}

int credentials_from_profile(const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	struct aws_credentials *got = NULL;

	for (size_t i = 0; !got && i < ARRAY_SIZE(sources); i++)
		if (sources[i].of_profile && sources[i].load(c, &got, err) < 0)
			return -1;
	*ret = got;
	return 0;
}

static int64_t now_s(const struct credentials_provider *p)
{
	return p->spec.now_s ? p->spec.now_s() : (int64_t)time(NULL);
}

/* Ask the source that had credentials before, or look for one. */
static int ask(struct credentials_provider *p, const struct credentials_context *c,
	struct aws_credentials **ret, struct error *err)
{
	if (p->source)
		return p->source->load(c, ret, err);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (sources[i].load(c, ret, err) < 0)
			return -1;
		if (*ret) {
			p->source = &sources[i];
			return 0;
		}
	}
	return 0;
}

static int load(struct credentials_provider *p, struct server_clock *clock,
	struct aws_credentials **ret, struct error *err)
{
	const char *profile = aws_config_profile(p->spec.config);
	const struct credentials_context c = {
		.spec = &p->spec,
		.profile = profile,
		.use_environment = !aws_config_profile_is_explicit(p->spec.config),
		.signer = p->signer,
		.now_s = now_s(p),
		.clock = clock,
	};
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *got = NULL;

	if (ask(p, &c, &got, err) < 0)
		return -1;
	if (!got)
		return error_set(err, ERR_TOOL, 0,
			"no credentials %sin the environment, in profile '%s' or of an "
			"instance: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
			"name another --profile, or give the instance a role",
			p->source ? "any more " : "", profile);
	if (got->expires_at_s && got->expires_at_s <= credentials_now_s(&c))
		return error_set(err, ERR_TOOL, 0, "the credentials from %s have expired",
			got->source);
	*ret = TAKE_PTR(got);
	return 0;
}

static bool expires_within(const struct aws_credentials *c, int64_t now, int64_t span_s)
{
	return !c || (c->expires_at_s && c->expires_at_s - now < span_s);
}

/* A reference to what there is (or NULL), and whether it is time to ask for new ones. */
static struct aws_credentials *look(
	struct credentials_provider *p, bool *ret_is_due, bool *ret_must)
{
	struct aws_credentials *c;
	int64_t now = now_s(p);

	(void)pthread_mutex_lock(&p->lock);
	now += p->clock.ahead_s;
	c = p->current ? aws_credentials_ref(p->current) : NULL;
	*ret_must = expires_within(c, now, CREDENTIALS_MANDATORY_S);
	*ret_is_due = *ret_must || (expires_within(c, now, CREDENTIALS_ADVISORY_S) &&
					   now >= p->retry_at_s);
	(void)pthread_mutex_unlock(&p->lock);
	return c;
}

/* With p->refreshing held. */
static int refresh(struct credentials_provider *p, struct error *err)
{
	struct aws_credentials *new = NULL;
	struct server_clock clock;
	int rc;

	(void)pthread_mutex_lock(&p->lock);
	clock = p->clock;
	(void)pthread_mutex_unlock(&p->lock);
	rc = load(p, &clock, &new, err);
	(void)pthread_mutex_lock(&p->lock);
	p->clock = clock;
	if (rc == 0) {
		aws_credentials_unref(p->current);
		p->current = new;
	} else {
		p->retry_at_s = now_s(p) + clock.ahead_s + RETRY_S;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return rc;
}

/*
 * With p->refreshing held. Somebody else may have been here since it was wanted. A
 * failure counts where the old keys are not to be used any more.
 */
static int refresh_if_due(struct credentials_provider *p, struct error *err)
{
	struct error why = ERROR_INIT;
	bool is_due, must;

	(void)aws_credentials_unref(look(p, &is_due, &must));
	if (!is_due || refresh(p, &why) == 0 || !must)
		return 0;
	*err = why;
	return -1;
}

/* At once, or, where it must be, after whoever does it now. */
static bool may_refresh(struct credentials_provider *p, bool must)
{
	return pthread_mutex_trylock(&p->refreshing) == 0 ||
	       (must && pthread_mutex_lock(&p->refreshing) == 0);
}

int credentials_provider_get(
	struct credentials_provider *p, struct aws_credentials **ret, struct error *err)
{
	bool is_due, must;
	CLEANUP(aws_credentials_unrefp)
	struct aws_credentials *c = look(p, &is_due, &must);

	if (is_due && may_refresh(p, must)) {
		int rc = refresh_if_due(p, err);

		(void)pthread_mutex_unlock(&p->refreshing);
		if (rc < 0)
			return error_context(err, "find credentials");
		aws_credentials_unref(c);
		c = look(p, &is_due, &must);
	}
	*ret = TAKE_PTR(c);
	return 0;
}

bool credentials_provider_reject(
	struct credentials_provider *p, const struct aws_credentials *c)
{
	if (!c->session_token)
		return false;
	(void)pthread_mutex_lock(&p->lock);
	/* Else somebody else has been told so before. */
	if (p->current == c)
		p->current = aws_credentials_unref(p->current);
	(void)pthread_mutex_unlock(&p->lock);
	if (p->spec.mfa)
		mfa_keys_drop(p->spec.mfa, c);
	return true;
}
