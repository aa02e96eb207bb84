/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/mfa_keys.h"

#include <pthread.h>
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

	if (!kept || !kept->credentials ||
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
	kept->clock = *clock;
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
