/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/deb_stage.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/term.h"
#include "base/workers.h"

/* Decompression is what takes the time; more threads than these only take memory. */
enum { THREADS_MOST = 8, LOOK_MS = 100 };

struct slot {
	bool done;
	struct deb deb;
	struct error err; /* when it could not be read */
};

struct deb_stage {
	struct strv files;
	struct slot *slots;
	int dir_fd;
	struct workers *workers;
	atomic_size_t next; /* file that nobody reads yet */
	atomic_bool stop;
	pthread_mutex_t lock; /* of the slots' `done` */
	pthread_cond_t news;
};

static int read_file(
	struct deb_stage *s, size_t index, struct deb *ret, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	char name[24];

	(void)snprintf(name, sizeof(name), "%zu", index);
	if (mkdirat(s->dir_fd, name, 0700) < 0)
		return error_errno(
			err, "make a directory to unpack '%s' in", s->files.items[index]);
	if (deb_stage_open(s, index, &fd, err) < 0)
		return -1;
	return deb_read(s->files.items[index], fd, &s->stop, ret, err);
}

static void *work(void *userdata)
{
	struct deb_stage *s = userdata;

	for (;;) {
		const size_t index = atomic_fetch_add(&s->next, 1);
		struct slot *slot = &s->slots[index];

		if (index >= s->files.count || atomic_load(&s->stop))
			return NULL;
		(void)read_file(s, index, &slot->deb, &slot->err);
		(void)pthread_mutex_lock(&s->lock);
		slot->done = true;
		(void)pthread_cond_broadcast(&s->news);
		(void)pthread_mutex_unlock(&s->lock);
	}
}

static size_t thread_count(void)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (processors < 1)
		return 1;
	return processors > THREADS_MOST ? THREADS_MOST : (size_t)processors;
}

int deb_stage_start(const char *dir, const struct strv *files, struct deb_stage **ret,
	struct error *err)
{
	CLEANUP(deb_stage_freep) struct deb_stage *s = xcalloc(1, sizeof(*s));
	pthread_condattr_t monotonic;

	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&s->news, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	strv_add_all(&s->files, (const char *const *)files->items);
	s->slots = xcalloc(files->count + 1, sizeof(*s->slots));
	s->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd < 0)
		return error_errno(err, "open '%s'", dir);
	if (workers_start(thread_count(), work, s, &s->workers, err) < 0)
		return error_context(err, "unpack packages");
	*ret = TAKE_PTR(s);
	return 0;
}

static void wait_for_news(struct deb_stage *s)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_MS * 1000000L;
	if (until.tv_nsec >= 1000000000L) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000L;
	}
	(void)pthread_cond_timedwait(&s->news, &s->lock, &until);
}

int deb_stage_wait(
	struct deb_stage *s, size_t index, const struct deb **ret, struct error *err)
{
	struct slot *slot = &s->slots[index];
	bool interrupted = false;

	(void)pthread_mutex_lock(&s->lock);
	while (!slot->done && !interrupted) {
		wait_for_news(s);
		interrupted = term_check(err) < 0;
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (interrupted)
		return -1;
	if (slot->err.code != ERR_NONE) {
		*err = slot->err;
		return -1;
	}
	*ret = &slot->deb;
	return 0;
}

int deb_stage_open(
	const struct deb_stage *s, size_t index, int *ret_fd, struct error *err)
{
	char name[24];
	int fd;

	(void)snprintf(name, sizeof(name), "%zu", index);
	fd = openat(s->dir_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(
			err, "open the directory of '%s'", s->files.items[index]);
	*ret_fd = fd;
	return 0;
}

struct deb_stage *deb_stage_free(struct deb_stage *s)
{
	if (!s)
		return NULL;
	atomic_store(&s->stop, true);
	s->workers = workers_join(s->workers);
	for (size_t i = 0; s->slots && i < s->files.count; i++)
		deb_release(&s->slots[i].deb);
	(void)pthread_mutex_destroy(&s->lock);
	(void)pthread_cond_destroy(&s->news);
	strv_release(&s->files);
	fd_closep(&s->dir_fd);
	free(s->slots);
	free(s);
	return NULL;
}
