/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options as const tables: one table describes what --help shows, what the environment
 *may set and what the parser accepts. Values land in a plain struct of the command's own:
 *
 *	struct run_args {
 *		bool ssh;
 *		uint64_t memory_bytes;
 *	};
 *	static const struct opt run_options[] = {
 *		{ "ssh", OPT_FLAG, OPT_AT(struct run_args, ssh), .help = "open a shell" },
 *		{ "memory", OPT_SIZE, OPT_AT(struct run_args, memory_bytes), .arg =
 *"SIZE", .fallback = "1G", .help = "memory of the machine" }, OPT_END,
 *	};
 *
 * Accepted are "--name value", "--name=value", "-n value", "-nvalue", "-ab" for two
 *flags, and
 * "--", after which nothing is an option. Of an option given twice the last one counts,
 *but for OPT_STRINGS, which collects. Order: argument, environment, fallback.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

enum opt_kind {
	OPT_NONE = 0,
	OPT_FLAG, /* bool */
	OPT_STRING, /* const char *: the argument itself, not a copy; NULL: not given */
	OPT_STRINGS, /* struct strv: repeatable */
	OPT_SIZE, /* uint64_t, bytes: "8G" (base/size.h) */
	OPT_DURATION, /* uint64_t, seconds, from `least` to `most`: "30m" (duration.h) */
	OPT_NUMBER, /* uint64_t, from `least` to `most` */
	OPT_WORD, /* unsigned int: the index of the word in `words` */
};

/* Of an OPT_STRING that names a file: file_options_check() goes by it. */
enum opt_file {
	OPT_NO_FILE = 0,
	OPT_FILE_READ,
	OPT_FILE_READ_FIRST, /* what is OPT_FILE_RESULT may take its place */
	OPT_FILE_WRITTEN,
	OPT_FILE_RESULT, /* written when all that is READ_FIRST has been read */
};

struct opt {
	const char *name; /* without the dashes */
	enum opt_kind kind;
	size_t at; /* where in the values: OPT_AT() */
	char letter; /* of the short form; 0: none */
	const char *arg; /* what --help calls the value: "FILE" */
	const char *const *words; /* of OPT_WORD, NULL-terminated */
	uint64_t least, most; /* of OPT_NUMBER and OPT_DURATION; most 0: no limit */
	bool needs_unit; /* of OPT_DURATION: else a number alone is seconds */
	const char *fallback; /* the default, as it would be typed; NULL: zero */
	const char *shown; /* what --help says of a default that is not a fixed text */
	bool required; /* of OPT_STRING: options_check() refuses when it was not given */
	bool no_environment; /* else $AMIWRIGHT_<NAME> sets it too */
	bool replaces_words; /* of OPT_FLAG and OPT_STRING: given, the command takes no
				arguments, of which it else needs some */
	enum opt_file file;
	const char *help; /* lower case, no full stop */
};

#define OPT_AT(type, member) offsetof(type, member)
/* clang-format off */
#define OPT_END { .kind = OPT_NONE }
/* clang-format on */

/* A table and the struct that its values go to. */
struct opt_set {
	const struct opt *table;
	void *values;
};

/* Fallbacks, then the environment. The values were all zero before. */
int options_prepare(const struct opt_set *set, struct error *err);

/* The values' own memory (OPT_STRINGS). */
void options_release(const struct opt_set *set);

/* Options up to the first argument that is none; *ret_used is how many were consumed. */
int options_parse_leading(const struct opt_set *sets, size_t set_count, int argc,
	char **argv, int *ret_used, struct error *err);

/* All options, wherever they stand. The other arguments move to the front of argv, in
 * order; *ret_words is how many there are. */
int options_parse_all(const struct opt_set *sets, size_t set_count, int argc, char **argv,
	int *ret_words, struct error *err);

/* ERR_USAGE for a required option that neither argument nor environment has set. */
int options_check(const struct opt_set *set, struct error *err);

/* The option that was given and takes the place of arguments; NULL: none was. */
const struct opt *options_replacing_words(const struct opt_set *set);

/* "AMIWRIGHT_NO_VERIFY" for "no-verify". */
void option_environment_name(const struct opt *opt, struct strbuf *to);
