/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/stage.h"

#include "init/log.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

bool stage_mark(const struct stage *s, const char *module, const char *id,
	const char *word, enum state_care care)
{
	int r = state_set(&s->state, module, id, word, care);

	if (r < 0)
		log_say("cannot note that %s is %s: %s", module, word, text_errno(r));
	return r >= 0;
}

static enum imds_result ask_id(struct imds *m, char id[INSTANCE_ID_MOST_BYTES])
{
	const char *value;
	size_t bytes;
	enum imds_result result = imds_get(m, "meta-data/instance-id", &value, &bytes);

	if (result == IMDS_OK && identity_take(value, bytes, id))
		return IMDS_OK;
	if (result == IMDS_OK || result == IMDS_ABSENT) {
		struct text t = TEXT_IN(m->trouble);

		text_addf(&t, "%s has no instance-id", m->endpoint->text);
		result = IMDS_UNREACHABLE;
	}
	return result;
}

enum imds_result stage_ask_instance(
	const struct stage *s, struct imds *m, char id[INSTANCE_ID_MOST_BYTES])
{
	const struct config *c = s->config;
	const struct imds_options options = {
		.endpoints = c->endpoints,
		.endpoints_count = c->endpoints_count,
		.deadline_ms = sys_clock_ms() + UINT64_C(1000) * c->metadata_wait_s,
		.request_ms = 1000 * c->request_wait_s,
	};
	enum imds_result result = imds_open(m, &options);

	if (result == IMDS_OK) {
		log_note("metadata: a token from %s", m->endpoint->text);
		result = ask_id(m, id);
		if (result != IMDS_OK)
			imds_close(m);
	}
	if (result == IMDS_OFF)
		log_say("metadata: switched off for this instance (403)");
	else if (result != IMDS_OK)
		log_say("metadata: no good answer in %u s: %s", c->metadata_wait_s,
			*m->trouble ? m->trouble : "no network");
	return result;
}
