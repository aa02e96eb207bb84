/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/user_data.h"

#include "data/gzip.h"
#include "data/mime.h"
#include "rt/string.h"
#include "rt/text.h"

/* The first lines by which cloud-init tells its kinds of user data apart. */
static const char *const foreign[] = { "#cloud-config-archive", "#cloud-config-jsonp",
	"#cloud-config", "#cloud-boothook", "#include-once", "#include", "#part-handler",
	"#upstart-job", "## template: jinja", "## template:jinja" };

#define REMEDY "; use cloud-init (agent: cloud-init), or scripts that begin with #!"

static bool begins_with(const char *data, size_t bytes, const char *with)
{
	size_t length = strlen(with);

	return bytes >= length && strncasecmp(data, with, length) == 0;
}

static bool is_blank(const char *data, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (!strchr(" \t\r\n", data[i]) || !data[i])
			return false;
	return true;
}

static bool refuse(struct user_data *u, const char *what, const char *name)
{
	struct text t = TEXT_IN(u->reason);

	text_addf(&t, "%s%s" REMEDY, what, name);
	u->kind = USER_DATA_REFUSED;
	return false;
}

static bool refuse_undecoded(struct user_data *u, enum data_result result)
{
	switch (result) {
	case DATA_TRUNCATED:
		return refuse(u, "it is cut off", "");
	case DATA_TOO_LARGE:
		return refuse(u, "it is too large when unpacked", "");
	case DATA_OK:
	case DATA_CORRUPT:
	case DATA_UNSUPPORTED:
		break;
	}
	return refuse(u, "its encoding is damaged or not known", "");
}

static bool take_script(struct user_data *u, const char *data, size_t bytes)
{
	if (u->count == USER_DATA_SCRIPTS_MOST)
		return refuse(u, "it has too many scripts", "");
	u->scripts[u->count++] = (struct script){ data, bytes };
	u->kind = USER_DATA_SCRIPTS;
	return true;
}

static bool take_piece(
	struct user_data *u, const char *data, size_t bytes, unsigned int nested);

/* Where unpacked bytes go: behind those that were unpacked before. */
static char *room(struct user_data *u, size_t *ret_bytes)
{
	*ret_bytes = sizeof(u->unpacked) - u->unpacked_bytes;
	return u->unpacked + u->unpacked_bytes;
}

static bool take_gzip(
	struct user_data *u, const char *data, size_t bytes, unsigned int nested)
{
	size_t room_bytes, got = 0;
	char *to = room(u, &room_bytes);
	enum data_result result = gzip_decode(data, bytes, to, room_bytes, &got);

	if (result != DATA_OK)
		return refuse_undecoded(u, result);
	u->unpacked_bytes += got;
	return take_piece(u, to, got, nested);
}

static bool take_part(
	struct user_data *u, const struct mime_part *part, unsigned int nested)
{
	size_t room_bytes, got = 0;
	char *to = room(u, &room_bytes);
	enum data_result result;

	if (part->cut)
		return refuse_undecoded(u, DATA_TRUNCATED);
	result = mime_body_decode(part, to, room_bytes, &got);
	if (result != DATA_OK)
		return refuse_undecoded(u, result);
	u->unpacked_bytes += got;
	/* What its bytes do not say, its type does. */
	if (!is_blank(to, got) && strncmp(to, "#!", 2) != 0 && !gzip_is(to, got) &&
		strcmp(part->type, "text/plain") != 0)
		return refuse(u, "it has a part of type ", part->type);
	return take_piece(u, to, got, nested);
}

static bool take_mime(
	struct user_data *u, const char *data, size_t bytes, unsigned int nested)
{
	struct mime_reader reader;
	struct mime_part part;
	enum data_result result;
	bool found = false;

	mime_reader_init(&reader, data, bytes);
	while ((result = mime_next(&reader, &part, &found)) == DATA_OK && found)
		if (!take_part(u, &part, nested))
			return false;
	return result == DATA_OK || refuse_undecoded(u, result);
}

static bool take_piece(
	struct user_data *u, const char *data, size_t bytes, unsigned int nested)
{
	if (nested > USER_DATA_NESTED_MOST)
		return refuse(u, "it is nested too deep", "");
	if (is_blank(data, bytes))
		return true;
	if (gzip_is(data, bytes))
		return take_gzip(u, data, bytes, nested + 1);
	if (begins_with(data, bytes, "#!"))
		return take_script(u, data, bytes);
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (begins_with(data, bytes, foreign[i]))
			return refuse(u, "it is ", foreign[i]);
	if (mime_is(data, bytes))
		return take_mime(u, data, bytes, nested + 1);
	return refuse(u, "it is of no known kind", "");
}

void user_data_read(struct user_data *u, const char *data, size_t bytes)
{
	u->kind = USER_DATA_NONE;
	u->count = 0;
	u->unpacked_bytes = 0;
	u->reason[0] = '\0';
	if (!take_piece(u, data, bytes, 0))
		u->count = 0;
}
