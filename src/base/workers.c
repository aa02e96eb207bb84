/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/workers.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

struct workers {
	pthread_t threads[WORKERS_MOST];
	size_t count;
};

/* As many of `count` as there can be. Returns why there are no more, as an errno. */
static int start(
	struct workers *w, size_t count, void *(*work)(void *userdata), void *userdata)
{
	sigset_t all, before;
	int failure = 0;

	assert(count <= WORKERS_MOST);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	while (w->count < count && !failure) {
		failure = pthread_create(&w->threads[w->count], NULL, work, userdata);
		if (!failure)
			w->count++;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failure;
}

static void join(struct workers *w)
{
	while (w->count > 0)
		(void)pthread_join(w->threads[--w->count], NULL);
}

void workers_run(size_t helpers, void *(*work)(void *userdata), void *userdata)
{
	struct workers w = { .count = 0 };

	(void)start(&w, helpers, work, userdata);
	(void)work(userdata);
	join(&w);
}

int workers_start(size_t count, void *(*work)(void *userdata), void *userdata,
	struct workers **ret, struct error *err)
{
	CLEANUP(freep) struct workers *w = xcalloc(1, sizeof(*w));
	int failure = start(w, count, work, userdata);

	if (!w->count)
		return error_set_errno(err, failure, "start a thread");
	*ret = TAKE_PTR(w);
	return 0;
}

struct workers *workers_join(struct workers *w)
{
	if (!w)
		return NULL;
	join(w);
	free(w);
	return NULL;
}
