/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of this part share: asking botocore, and an environment that holds no
 * AWS_* variable but those of the test.
 */
#pragma once

#include "unit.h"

#include "base/proc.h"
#include "base/strbuf.h"
#include "base/strv.h"

extern char **environ;

static inline void oracle_clear_environment(void)
{
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	for (char **e = environ; *e; e++)
		if (strncmp(*e, "AWS_", 4) == 0)
			strv_take(&names, xstrndup(*e, strcspn(*e, "=")));
	for (size_t i = 0; i < names.count; i++)
		assert_int_equal(unsetenv(names.items[i]), 0);
}

/* Debian's python3 runs the script: botocore is installed for that one. */
static inline char *oracle_ask(const struct strv *arguments)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	struct proc_result said = { 0 };
	struct error err = ERROR_INIT;

	strv_add(&argv, "/usr/bin/python3");
	strv_add_all(&argv, (const char *const *)arguments->items);
	if (proc_run(&(struct proc_spec){ .argv = (const char *const *)argv.items,
			     .separate_stderr = true },
		    &said, &err) < 0)
		fail_msg("%s\n%s", err.msg, err.output);
	return said.out;
}

/* A field as the oracles write it. */
static inline void oracle_add_field(struct strbuf *to, const char *text)
{
	strbuf_add_char(to, '\t');
	for (; *text; text++) {
		if (*text == '\\')
			strbuf_add_str(to, "\\\\");
		else if (*text == '\t')
			strbuf_add_str(to, "\\t");
		else if (*text == '\n')
			strbuf_add_str(to, "\\n");
		else
			strbuf_add_char(to, *text);
	}
}

/* The same sequence on every run: a linear congruential generator (Knuth's MMIX). */
static inline size_t oracle_random(uint64_t *state, size_t below)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (size_t)(*state >> 33) % below;
}
