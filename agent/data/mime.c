/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data/mime.h"

#include "data/base64.h"
#include "data/quoted_printable.h"
#include "rt/string.h"

static const char multipart[] = "multipart/";

/* Mailboxes start with such a line, and so does what some tools print. */
static void skip_mailbox_line(struct mime_input *in)
{
	struct mime_input line;

	if (in->end - in->at >= 5 && memcmp(in->at, "From ", 5) == 0)
		(void)mime_line_next(in, &line);
}

static bool is_multipart(const char *type)
{
	return strncmp(type, multipart, sizeof(multipart) - 1) == 0;
}

bool mime_is(const void *data, size_t bytes)
{
	struct mime_input in = { .at = data, .end = (const char *)data + bytes };
	struct mime_field f;

	skip_mailbox_line(&in);
	while (mime_field_next(&in, &f)) {
		char type[MIME_TYPE_ROOM];

		if (mime_field_is(&f, "MIME-Version"))
			return true;
		if (!mime_field_is(&f, "Content-Type"))
			continue;
		mime_field_value(&f, type, sizeof(type));
		if (is_multipart(type))
			return true;
	}
	return false;
}

void mime_reader_init(struct mime_reader *r, const void *data, size_t bytes)
{
	r->depth = 0;
	r->message.at = data;
	r->message.end = r->message.at + bytes;
	r->started = false;
	skip_mailbox_line(&r->message);
}

enum boundary_line { NO_BOUNDARY, PART_FOLLOWS, LAST_BOUNDARY };

/* "--boundary" or "--boundary--", then nothing but blanks. */
static enum boundary_line classify(const struct mime_input *line, const char *boundary)
{
	size_t length = strlen(boundary), left = (size_t)(line->end - line->at);
	enum boundary_line kind = PART_FOLLOWS;
	const char *at = line->at;

	if (left < length + 2 || memcmp(at, "--", 2) != 0 ||
		memcmp(at + 2, boundary, length) != 0)
		return NO_BOUNDARY;
	at += length + 2;
	if (line->end - at >= 2 && memcmp(at, "--", 2) == 0) {
		kind = LAST_BOUNDARY;
		at += 2;
	}
	while (at < line->end && (*at == ' ' || *at == '\t'))
		at++;
	return at == line->end ? kind : NO_BOUNDARY;
}

/*
 * Moves behind the next boundary, or to the end where there is none. What was passed is
 * `*ret_before`, without the line end that belongs to the boundary.
 */
static enum boundary_line find_boundary(
	struct mime_level *level, struct mime_input *ret_before)
{
	struct mime_input line, *rest = &level->rest;
	const char *const start = rest->at;

	*ret_before = *rest;
	level->part_follows = false;
	while (mime_line_next(rest, &line)) {
		enum boundary_line kind = classify(&line, level->boundary);

		if (kind == NO_BOUNDARY)
			continue;
		ret_before->end = line.at;
		if (ret_before->end > start)
			ret_before->end--;
		if (ret_before->end > start && ret_before->end[-1] == '\r')
			ret_before->end--;
		level->part_follows = kind == PART_FOLLOWS;
		return kind;
	}
	return NO_BOUNDARY;
}

static void set_encoding(struct mime_part *p, const struct mime_field *f)
{
	static const struct {
		const char *word;
		enum mime_encoding encoding;
	} words[] = {
		{ "7bit", MIME_ENCODING_NONE },
		{ "8bit", MIME_ENCODING_NONE },
		{ "binary", MIME_ENCODING_NONE },
		{ "base64", MIME_ENCODING_BASE64 },
		{ "quoted-printable", MIME_ENCODING_QUOTED_PRINTABLE },
	};
	char value[32];

	mime_field_value(f, value, sizeof(value));
	p->encoding = MIME_ENCODING_OTHER;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(value, words[i].word) == 0)
			p->encoding = words[i].encoding;
}

static void set_name(
	struct mime_part *p, const struct mime_field *f, const char *parameter)
{
	char name[MIME_NAME_ROOM];

	if (p->name[0] || !mime_field_parameter(f, parameter, name, sizeof(name)))
		return;
	for (char *at = name; *at; at++)
		if (*at < ' ' || *at >= 0x7f)
			*at = '?';
	memcpy(p->name, name, strlen(name) + 1);
}

/* Of a field that stands there twice the first one counts, as for Python's reader. */
static void read_fields(
	struct mime_input *in, struct mime_part *p, char boundary[MIME_BOUNDARY_ROOM])
{
	bool has_type = false, has_encoding = false;
	struct mime_field f;

	memcpy(p->type, "text/plain", sizeof("text/plain"));
	p->name[0] = '\0';
	p->encoding = MIME_ENCODING_NONE;
	while (mime_field_next(in, &f)) {
		if (mime_field_is(&f, "Content-Type") && !has_type) {
			has_type = true;
			mime_field_value(&f, p->type, sizeof(p->type));
			if (!mime_field_parameter(
				    &f, "boundary", boundary, MIME_BOUNDARY_ROOM))
				boundary[0] = '\0';
			set_name(p, &f, "name");
		} else if (mime_field_is(&f, "Content-Transfer-Encoding") &&
			   !has_encoding) {
			has_encoding = true;
			set_encoding(p, &f);
		} else if (mime_field_is(&f, "Content-Disposition")) {
			set_name(p, &f, "filename");
		}
	}
}

/* The bounds of the next part, of the innermost multipart that has one. */
static bool find_part(struct mime_reader *r, struct mime_part *p)
{
	if (!r->started) {
		r->started = true;
		p->body = r->message;
		p->cut = false;
		return true;
	}
	while (r->depth > 0) {
		struct mime_level *level = &r->levels[r->depth - 1];

		if (level->part_follows) {
			p->cut = find_boundary(level, &p->body) == NO_BOUNDARY;
			return true;
		}
		r->depth--;
	}
	return false;
}

/* Into a multipart, behind what stands before its first boundary. */
static enum data_result enter(
	struct mime_reader *r, const struct mime_input *body, const char *boundary)
{
	struct mime_level *level = &r->levels[r->depth];
	struct mime_input preamble;

	if (!boundary[0])
		return DATA_CORRUPT;
	if (r->depth == MIME_DEPTH_MOST)
		return DATA_UNSUPPORTED;
	memcpy(level->boundary, boundary, strlen(boundary) + 1);
	level->rest = *body;
	if (find_boundary(level, &preamble) != PART_FOLLOWS)
		return DATA_CORRUPT;
	r->depth++;
	return DATA_OK;
}

enum data_result mime_next(struct mime_reader *r, struct mime_part *ret, bool *ret_found)
{
	struct mime_part p;

	while (find_part(r, &p)) {
		char boundary[MIME_BOUNDARY_ROOM] = "";
		enum data_result result;

		read_fields(&p.body, &p, boundary);
		if (!is_multipart(p.type)) {
			*ret = p;
			*ret_found = true;
			return DATA_OK;
		}
		result = enter(r, &p.body, boundary);
		if (result != DATA_OK)
			return result;
	}
	*ret_found = false;
	return DATA_OK;
}

enum data_result mime_body_decode(
	const struct mime_part *p, void *to, size_t room_bytes, size_t *ret_bytes)
{
	size_t bytes = (size_t)(p->body.end - p->body.at);

	switch (p->encoding) {
	case MIME_ENCODING_NONE:
		if (bytes > room_bytes)
			return DATA_TOO_LARGE;
		if (bytes > 0)
			memcpy(to, p->body.at, bytes);
		*ret_bytes = bytes;
		return DATA_OK;
	case MIME_ENCODING_BASE64:
		return base64_decode(p->body.at, bytes, to, room_bytes, ret_bytes);
	case MIME_ENCODING_QUOTED_PRINTABLE:
		return quoted_printable_decode(
			p->body.at, bytes, to, room_bytes, ret_bytes);
	case MIME_ENCODING_OTHER:
		break;
	}
	return DATA_UNSUPPORTED;
}
