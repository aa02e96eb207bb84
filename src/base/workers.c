/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/workers.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
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

struct each {
	int (*fn)(void *userdata, size_t index, struct error *err);
	void *userdata;
	size_t count;
	atomic_size_t next;
	atomic_bool failed;
	pthread_mutex_t lock;
	struct error error; /* the first one */
};

static void fail(struct each *e, const struct error *err)
{
	(void)pthread_mutex_lock(&e->lock);
	if (!atomic_load(&e->failed))
		e->error = *err;
	atomic_store(&e->failed, true);
	(void)pthread_mutex_unlock(&e->lock);
}

static void *work_on_each(void *userdata)
{
	struct each *e = userdata;
	struct error err = ERROR_INIT;
	size_t index;

	while (!atomic_load(&e->failed) &&
		(index = atomic_fetch_add(&e->next, 1)) < e->count)
		if (e->fn(e->userdata, index, &err) < 0)
			fail(e, &err);
	return NULL;
}

int workers_each(size_t helpers, size_t count,
	int (*fn)(void *userdata, size_t index, struct error *err), void *userdata,
	struct error *err)
{
	struct each e = { .fn = fn,
		.userdata = userdata,
		.count = count,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.error = ERROR_INIT };

	workers_run(helpers, work_on_each, &e);
	if (!atomic_load(&e.failed))
		return 0;
	*err = e.error;
	return -1;
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
