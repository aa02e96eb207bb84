/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/workers.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

void workers_run(size_t helpers, void *(*work)(void *userdata), void *userdata)
{
	pthread_t threads[WORKERS_MOST];
	sigset_t all, before;
	size_t count = 0;

	assert(helpers <= WORKERS_MOST);
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	while (count < helpers &&
		pthread_create(&threads[count], NULL, work, userdata) == 0)
		count++;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)work(userdata);
	while (count > 0)
		(void)pthread_join(threads[--count], NULL);
}
