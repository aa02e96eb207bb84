/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/run_past.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "core/record.h"

enum { WHAT_MOST_CHARS = 900, COMMAND_MOST_CHARS = 20 };

static const char *const act_words[RUN_ACTS] = {
	[RUN_REGISTERS] = "registers",
	[RUN_PARENT] = "parent",
	[RUN_STARTS] = "starts",
	[RUN_COPIES] = "copies",
	[RUN_SENDS] = "sends",
	[RUN_COMPLETES] = "completes",
	[RUN_MADE] = "made",
	[RUN_REFUSED] = "refused",
	[RUN_REMOVES] = "removes",
};

static const char head_words[] = "amiwright-run 1 ", place_word[] = "place ";

bool run_id_is_valid(const char *text)
{
	const size_t length = strlen(text);

	return length > 0 && length <= RUN_ID_CHARS && *text != '-' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

bool run_past_can_say(const char *what)
{
	return *what && strlen(what) <= WHAT_MOST_CHARS && !strchr(what, '\n');
}

void run_past_format_head(const char *run_id, const char *command, struct strbuf *to)
{
	strbuf_addf(to, "%s%s %s", head_words, run_id, command);
}

void run_past_format_place(const struct run_place *place, struct strbuf *to)
{
	strbuf_addf(to, "%s%s %s %s %s", place_word, place->region, place->url,
		place->account, place->profile);
}

void run_past_format_deed(
	enum run_act act, int64_t at_s, const char *what, struct strbuf *to)
{
	strbuf_addf(to, "%s %" PRId64 " %s", act_words[act], at_s, what);
}

/* The next word of *at, which goes behind it; NULL when there is none. */
static char *take_word(const char **at)
{
	const size_t length = strcspn(*at, " ");
	char *word;

	if (!length || !(*at)[length])
		return NULL;
	word = xstrndup(*at, length);
	*at += length + 1;
	return word;
}

static bool parse_head(const char *text, struct run_past *p)
{
	const size_t length = strcspn(text, " ");

	if (length > RUN_ID_CHARS || !text[length] || !text[length + 1] ||
		strlen(text + length + 1) > COMMAND_MOST_CHARS)
		return false;
	memcpy(p->run_id, text, length);
	p->run_id[length] = '\0';
	if (!run_id_is_valid(p->run_id)) {
		*p->run_id = '\0';
		return false;
	}
	p->command = xstrdup(text + length + 1);
	return true;
}

static bool parse_place(const char *text, struct run_past *p)
{
	if (p->region)
		return false;
	p->region = take_word(&text);
	p->url = take_word(&text);
	p->account = take_word(&text);
	if (p->region && p->url && p->account && *text) {
		p->profile = xstrdup(text);
		return true;
	}
	free(p->region);
	free(p->url);
	free(p->account);
	p->region = p->url = p->account = NULL;
	return false;
}

static bool parse_deed(enum run_act act, const char *text, struct run_past *p)
{
	struct run_deed deed = { .act = act };
	char *end;

	deed.at_s = strtoll(text, &end, 10);
	if (!p->region || end == text || deed.at_s <= 0 || *end != ' ' ||
		!run_past_can_say(end + 1))
		return false;
	deed.what = xstrdup(end + 1);
	array_reserve_one((void **)&p->deeds, p->count, &p->room, sizeof(*p->deeds));
	p->deeds[p->count++] = deed;
	return true;
}

static bool parse_record(const char *text, bool is_first, struct run_past *p)
{
	const size_t head = sizeof(head_words) - 1, place = sizeof(place_word) - 1;

	if (is_first)
		return !strncmp(text, head_words, head) && parse_head(text + head, p);
	if (!strncmp(text, place_word, place))
		return parse_place(text + place, p);
	for (unsigned int act = 0; act < RUN_ACTS; act++) {
		const size_t length = strlen(act_words[act]);

		if (!strncmp(text, act_words[act], length) && text[length] == ' ')
			return parse_deed((enum run_act)act, text + length + 1, p);
	}
	return false;
}

size_t run_past_parse(const char *text, size_t length_bytes, struct run_past *ret)
{
	char record[RECORD_MOST_CHARS + 1];
	size_t good = 0, used;

	while (good < length_bytes) {
		used = record_read(text + good, length_bytes - good, record);
		if (!used || !parse_record(record, !good, ret))
			break;
		good += used;
	}
	return good;
}

void run_past_release(struct run_past *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->deeds[i].what);
	free(p->deeds);
	free(p->command);
	free(p->region);
	free(p->url);
	free(p->account);
	free(p->profile);
	*p = (struct run_past){ 0 };
}

const struct run_deed *run_past_last(const struct run_past *p, enum run_act act)
{
	for (size_t i = p->count; i > 0; i--)
		if (p->deeds[i - 1].act == act)
			return &p->deeds[i - 1];
	return NULL;
}

const struct run_deed *run_past_unanswered(const struct run_past *p)
{
	for (size_t i = p->count; i > 0; i--) {
		const struct run_deed *deed = &p->deeds[i - 1];

		if (deed->act == RUN_MADE || deed->act == RUN_REFUSED)
			return NULL;
		if (deed->act == RUN_REGISTERS || deed->act == RUN_STARTS ||
			deed->act == RUN_COPIES)
			return deed;
	}
	return NULL;
}
