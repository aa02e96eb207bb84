/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/mfa_keys.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Asking is put off until the keys would not last for a request any more. */
enum { LAST_S = 60 };

struct kept {
	char *profile, *role_arn;
	struct aws_credentials *credentials; /* or NULL */
	struct server_clock clock;
};

struct mfa_keys {
	mfa_ask_fn *ask;
	void *userdata;
	pthread_mutex_t lock; /* of what follows, and of asking */
	struct kept *kept;
	size_t count, room;
};

struct mfa_keys *mfa_keys_new(mfa_ask_fn *ask, void *userdata)
{
	struct mfa_keys *k = xcalloc(1, sizeof(*k));
	pthread_mutexattr_t recursive;

	k->ask = ask;
	k->userdata = userdata;
	/* A role may be assumed with the keys of another one that wants a code. */
	(void)pthread_mutexattr_init(&recursive);
	(void)pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
	(void)pthread_mutex_init(&k->lock, &recursive);
	(void)pthread_mutexattr_destroy(&recursive);
	return k;
}

struct mfa_keys *mfa_keys_free(struct mfa_keys *k)
{
	if (!k)
		return NULL;
	for (size_t i = 0; i < k->count; i++) {
		aws_credentials_unref(k->kept[i].credentials);
		free(k->kept[i].profile);
		free(k->kept[i].role_arn);
	}
	free(k->kept);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
	return NULL;
}

void mfa_keys_begin(struct mfa_keys *k)
{
	(void)pthread_mutex_lock(&k->lock);
}

void mfa_keys_end(struct mfa_keys *k)
{
	(void)pthread_mutex_unlock(&k->lock);
}

static struct kept *find(struct mfa_keys *k, const char *profile, const char *role_arn)
{
	for (size_t i = 0; i < k->count; i++)
		if (!strcmp(k->kept[i].profile, profile) &&
			!strcmp(k->kept[i].role_arn, role_arn))
			return &k->kept[i];
	return NULL;
}

struct aws_credentials *mfa_keys_find(struct mfa_keys *k, const char *profile,
	const char *role_arn, int64_t now_s, struct server_clock *clock)
{
	const struct kept *kept = find(k, profile, role_arn);

	if (!kept || !kept->credentials || !kept->credentials->access_key_id ||
		kept->credentials->expires_at_s - (now_s + kept->clock.ahead_s) < LAST_S)
		return NULL;
	*clock = kept->clock;
	return aws_credentials_ref(kept->credentials);
}

int mfa_keys_ask(
	struct mfa_keys *k, const char *serial, char **ret_code, struct error *err)
{
	return k->ask(serial, ret_code, k->userdata, err);
}

void mfa_keys_keep(struct mfa_keys *k, const char *profile, const char *role_arn,
	struct aws_credentials *c, const struct server_clock *clock)
{
	struct kept *kept = find(k, profile, role_arn);

	if (!kept) {
		array_reserve_one(
			(void **)&k->kept, k->count, &k->room, sizeof(*k->kept));
		kept = &k->kept[k->count++];
		*kept = (struct kept){ xstrdup(profile), xstrdup(role_arn) };
	}
	aws_credentials_unref(kept->credentials);
	kept->credentials = aws_credentials_ref(c);
	aws_credentials_keep_from_children(c);
	kept->clock = *clock;
}

static void put(struct strbuf *to, const char *text)
{
	strbuf_add(to, text, strlen(text) + 1);
}

void mfa_keys_lend(struct mfa_keys *k, struct strbuf *to)
{
	char numbers[2][24];

	mfa_keys_begin(k);
	for (size_t i = 0; i < k->count; i++) {
		const struct kept *kept = &k->kept[i];
		const struct aws_credentials *c = kept->credentials;

		if (!c)
			continue;
		(void)snprintf(
			numbers[0], sizeof(numbers[0]), "%" PRId64, c->expires_at_s);
		(void)snprintf(
			numbers[1], sizeof(numbers[1]), "%" PRId64, kept->clock.ahead_s);
		put(to, kept->profile);
		put(to, kept->role_arn);
		put(to, c->access_key_id);
		put(to, c->secret_access_key);
		put(to, c->session_token);
		put(to, numbers[0]);
		put(to, numbers[1]);
	}
	mfa_keys_end(k);
}

/* In the order of mfa_keys_lend(). */
enum { PROFILE, ROLE_ARN, KEY_ID, SECRET, TOKEN, EXPIRES, AHEAD, PARTS };

static void take_back(struct mfa_keys *k, const char *const *parts)
{
	const struct server_clock clock = { .ahead_s = strtoll(parts[AHEAD], NULL, 10) };
	struct aws_credentials *c = aws_credentials_new(parts[KEY_ID], parts[SECRET],
		parts[TOKEN], strtoll(parts[EXPIRES], NULL, 10), "an assumed role");

	mfa_keys_keep(k, parts[PROFILE], parts[ROLE_ARN], c, &clock);
	aws_credentials_unref(c);
}

int mfa_keys_take_back(struct mfa_keys *k, const struct strbuf *from, struct error *err)
{
	const char *parts[PARTS];
	size_t count = 0, at = 0;

	while (at < from->length_bytes) {
		parts[count++] = from->data + at;
		at += strlen(from->data + at) + 1;
		if (count == PARTS) {
			take_back(k, parts);
			count = 0;
		}
	}
	return count ? error_set(err, ERR_FORMAT, 0, "half a role's keys came") : 0;
}

void mfa_keys_drop(struct mfa_keys *k, const struct aws_credentials *c)
{
	mfa_keys_begin(k);
	for (size_t i = 0; i < k->count; i++)
		if (k->kept[i].credentials == c)
			k->kept[i].credentials =
				aws_credentials_unref(k->kept[i].credentials);
	mfa_keys_end(k);
}
