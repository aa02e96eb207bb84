/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/waiting.h"

#include <inttypes.h>

#include "base/cleanup.h"
#include "base/clock.h"

enum { FIRST_MS = 300, MOST_MS = 5000 };

void waiting_begin(struct waiting *w, uint64_t most_s)
{
	*w = (struct waiting){
		.begin_ms = clock_now_ms(), .next_ms = FIRST_MS, .most_s = most_s
	};
}

uint64_t waiting_waited_s(const struct waiting *w)
{
	return (clock_now_ms() - w->begin_ms) / 1000;
}

bool waiting_is_over(const struct waiting *w)
{
	return waiting_waited_s(w) >= w->most_s;
}

bool waiting_bears(const struct waiting *w, struct error *err)
{
	if (!err->may_pass)
		return false;
	if (!waiting_is_over(w)) {
		*err = (struct error)ERROR_INIT;
		return true;
	}
	err->code = ERR_TIMEOUT;
	(void)error_context(err, "given up after %" PRIu64 " s", waiting_waited_s(w));
	return false;
}

int waiting_pause(struct waiting *w, struct aws_client *c, struct error *err)
{
	const struct http_wait wait = {
		.deadline_ms = clock_now_ms() + w->next_ms, .also_fd = -1, .idle = true
	};
	CLEANUP(aws_result_releasep) struct aws_result none = AWS_RESULT_INIT;
	uint64_t id;

	while (clock_now_ms() < wait.deadline_ms)
		if (aws_client_next(c, &wait, &id, &none, err) < 0)
			return -1;
	w->next_ms = w->next_ms * 3 / 2 < MOST_MS ? w->next_ms * 3 / 2 : MOST_MS;
	return 0;
}
