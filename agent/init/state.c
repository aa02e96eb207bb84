/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/state.h"

#include <linux/errno.h>

#include "init/file.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { MARK_MOST_BYTES = INSTANCE_ID_MOST_BYTES + STATE_WORD_MOST_BYTES + 2 };

int state_open(struct state *s, const char *directory)
{
	s->dir = file_open_directory(directory, 0700);
	return s->dir < 0 ? s->dir : 0;
}

void state_close(struct state *s)
{
	sys_closep(&s->dir);
}

/* The word at `*at`; what does not fit makes it empty. */
static void take_word(const char **at, char *to, size_t room)
{
	size_t length = strcspn(*at, " \n");

	if (length < room)
		memcpy(to, *at, length);
	*at += length;
	*at += strspn(*at, " ");
}

struct state_mark state_get(const struct state *s, const char *module)
{
	struct state_mark mark = { 0 };
	char text[MARK_MOST_BYTES];
	const char *at = text;

	if (file_read(s->dir, module, text, sizeof(text)) < 0)
		return mark;
	take_word(&at, mark.id, sizeof(mark.id));
	take_word(&at, mark.word, sizeof(mark.word));
	return mark;
}

bool state_is(const struct state *s, const char *module, const char *id)
{
	struct state_mark mark = state_get(s, module);

	return *id && strcmp(mark.id, id) == 0;
}

int state_set(const struct state *s, const char *module, const char *id, const char *word,
	enum state_care care)
{
	const struct file_owner root = { 0 };
	char text[MARK_MOST_BYTES];
	struct text t = TEXT_IN(text);

	text_addf(&t, "%s %s\n", id, word);
	if (t.cut)
		return -ENAMETOOLONG;
	if (care == STATE_LAZY)
		return file_replace_unsynced(
			s->dir, module, text, t.length_bytes, 0600, root);
	return file_replace(s->dir, module, text, t.length_bytes, 0600, root);
}
