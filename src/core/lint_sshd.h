/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sshd_config(5) as sshd reads it: of a keyword the first value counts; Include takes
 * the place of the files that it names; what stands behind Match, to the next Match or
 * the end of its file, holds for some connections only, and for these before all else.
 *
 * By value: { 0 }, sshd_config_read(), sshd_config_release().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct sshd_setting {
	char *keyword; /* lower-case */
	char *value; /* the first word of it */
	char *match; /* what stands behind Match; NULL: it holds for everybody */
	char *path; /* the file that it stands in */
	unsigned int line;
};

struct sshd_config {
	struct sshd_setting *settings; /* in the order of reading */
	size_t count, room;
};

void sshd_config_release(struct sshd_config *c);
static inline void sshd_config_releasep(struct sshd_config *c)
{
	sshd_config_release(c);
}

/*
 * Where files come from. `include` calls `read` for each file that `pattern` (absolute)
 * fits, in the order of their names.
 */
struct sshd_source {
	int (*include)(struct sshd_source *s, const char *pattern,
		int (*read)(
			void *reader, const char *path, char *text, struct error *err),
		void *reader, struct error *err);
};

/* `text`, of the file `path`, is changed. ERR_FORMAT when files include each other. */
int sshd_config_read(struct sshd_config *c, const char *path, char *text,
	struct sshd_source *source, struct error *err);

/*
 * The setting that counts for everybody (which "Match all" does, too), or NULL: then
 * sshd's own default holds.
 */
const struct sshd_setting *sshd_config_effective(
	const struct sshd_config *c, const char *keyword);
