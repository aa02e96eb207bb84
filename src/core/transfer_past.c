/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/transfer_past.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "core/record.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool parse_digest(const char *text, uint8_t *to)
{
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		int high = hex_value(text[2 * i]);
		int low = high < 0 ? -1 : hex_value(text[2 * i + 1]);

		if (low < 0)
			return false;
		to[i] = (uint8_t)(high << 4 | low);
	}
	return !text[SHA256_HEX_CHARS];
}

static bool parse_file(const char *text, struct transfer_past *p)
{
	int end = -1;

	(void)sscanf(text, "%" SCNu64 " %" SCNd64 " %" SCNd64 "%n", &p->file.size_bytes,
		&p->file.modified_ns, &p->file.changed_ns, &end);
	return end > 0 && !text[end];
}

static bool parse_start(const char *text, struct transfer_past *p)
{
	size_t length = strcspn(text, " ");
	char *end;

	if (*p->token || length == 0 || length > RUN_ID_CHARS || !text[length])
		return false;
	memcpy(p->token, text, length);
	p->token[length] = '\0';
	p->begun_at_s = strtoll(text + length + 1, &end, 10);
	return !*end && p->begun_at_s > 0;
}

static bool parse_snapshot(const char *text, struct transfer_past *p)
{
	size_t length = strlen(text);

	if (!*p->token || *p->snapshot_id || !length ||
		length > TRANSFER_SNAPSHOT_ID_CHARS)
		return false;
	memcpy(p->snapshot_id, text, length + 1);
	return true;
}

static bool parse_block(const char *text, struct transfer_past *p)
{
	struct transfer_stored block;
	char *end;

	block.index = strtoull(text, &end, 10);
	if (!*p->snapshot_id || end == text || *end != ' ' ||
		!parse_digest(end + 1, block.digest))
		return false;
	array_reserve_one((void **)&p->blocks, p->count, &p->room, sizeof(*p->blocks));
	p->blocks[p->count++] = block;
	return true;
}

static bool parse_record(const char *text, bool is_first, struct transfer_past *p)
{
	static const struct {
		const char *word;
		bool (*parse)(const char *text, struct transfer_past *p);
	} records[] = {
		{ "start ", parse_start },
		{ "snapshot ", parse_snapshot },
		{ "block ", parse_block },
	};
	static const char first[] = "amiwright-transfer 1 ";

	if (is_first)
		return !strncmp(text, first, sizeof(first) - 1) &&
		       parse_file(text + sizeof(first) - 1, p);
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
		if (text_starts_with(text, records[i].word))
			return records[i].parse(text + strlen(records[i].word), p);
	if (strcmp(text, "completing") != 0 || !*p->snapshot_id)
		return false;
	p->is_completing = true;
	return true;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct transfer_stored *x = a, *y = b;

	return x->index < y->index ? -1 : x->index > y->index;
}

/* A block may have been stored twice: by two attempts, of the same content. */
static void sort_blocks(struct transfer_past *p)
{
	size_t kept = 0;

	if (p->count)
		qsort(p->blocks, p->count, sizeof(*p->blocks), compare_blocks);
	for (size_t i = 0; i < p->count; i++)
		if (!kept || p->blocks[kept - 1].index != p->blocks[i].index)
			p->blocks[kept++] = p->blocks[i];
	p->count = kept;
}

size_t transfer_past_parse(
	const char *text, size_t length_bytes, struct transfer_past *ret)
{
	size_t good = 0;

	while (good < length_bytes) {
		char record[RECORD_MOST_CHARS + 1];
		size_t bytes = record_read(text + good, length_bytes - good, record);

		if (!bytes || !parse_record(record, !good, ret))
			break;
		good += bytes;
	}
	sort_blocks(ret);
	return good;
}

const struct transfer_stored *transfer_past_find(
	const struct transfer_past *p, size_t *at, uint64_t index)
{
	while (*at < p->count && p->blocks[*at].index < index)
		(*at)++;
	return *at < p->count && p->blocks[*at].index == index ? &p->blocks[*at] : NULL;
}

void transfer_past_release(struct transfer_past *p)
{
	free(p->blocks);
	*p = (struct transfer_past){ 0 };
}
