/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/stage.h"

#include "init/log.h"
#include "init/scripts.h"
#include "init/user_data.h"
#include "rt/string.h"
#include "rt/text.h"

#define MODULE "user-data"

static struct imds imds;
static struct user_data user_data;

static bool run(const struct stage *s, const char *id)
{
	char word[STATE_WORD_MOST_BYTES];
	struct text t = TEXT_IN(word);
	unsigned int failed;

	/*
	 * Noted before they run: at most once. After a power cut nobody knows how far
	 * they came, and most scripts are not made to be run twice.
	 */
	if (!stage_mark(s, MODULE, id, "started", STATE_SYNCED))
		return false;
	if (!scripts_run(s->config, &s->state, id, user_data.scripts, user_data.count,
		    &failed))
		return false;
	text_addf(&t, "failed-%u", failed);
	return stage_mark(s, MODULE, id, failed ? word : "done", STATE_LAZY) && !failed;
}

static bool take(const struct stage *s, const char *id)
{
	const char *data = "";
	size_t bytes = 0;
	enum imds_result result = imds_get(&imds, "user-data", &data, &bytes);

	if (result != IMDS_OK && result != IMDS_ABSENT) {
		log_say("user data: %s", imds.trouble);
		return false;
	}
	user_data_read(&user_data, data, result == IMDS_OK ? bytes : 0);
	switch (user_data.kind) {
	case USER_DATA_NONE:
		log_note("user data: none");
		return stage_mark(s, MODULE, id, "none", STATE_LAZY);
	case USER_DATA_REFUSED:
		log_say("user data: refused: %s", user_data.reason);
		(void)stage_mark(s, MODULE, id, "refused", STATE_LAZY);
		return false;
	case USER_DATA_SCRIPTS:
		break;
	}
	return run(s, id);
}

/* Whatever came of it: once per instance. */
static bool is_over(const struct stage *s, const char *id)
{
	struct state_mark mark = state_get(&s->state, MODULE);

	if (!*id || strcmp(mark.id, id) != 0)
		return false;
	if (strcmp(mark.word, "started") == 0) {
		log_say("user data: was cut off in an earlier boot; it is not run twice");
		(void)stage_mark(s, MODULE, id, "cut-off", STATE_LAZY);
	} else {
		log_note("user data: %s for %s before", mark.word, id);
	}
	return true;
}

bool stage_user_data(struct stage *s)
{
	char id[INSTANCE_ID_MOST_BYTES];
	enum imds_result result;
	bool good;

	scripts_remove(&s->state);
	if (!s->config->user_data || is_over(s, s->identity.instance))
		return true;
	result = stage_ask_instance(s, &imds, id);
	if (result != IMDS_OK)
		return result == IMDS_OFF;
	good = is_over(s, id) || take(s, id);
	imds_close(&imds);
	return good;
}
