/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a fuzz target over the files of the directories that are named: what libFuzzer
 * does with -runs=0, for every compiler.
 */
#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

enum { INPUT_MOST_BYTES = 16 << 20 };

static void dir_closep(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

/* The number of files that were run, or -1. */
static int replay(const char *directory)
{
	CLEANUP(dir_closep) DIR *dir = opendir(directory);
	const struct dirent *entry;
	int count = 0;

	if (!dir)
		return -1;
	while ((entry = readdir(dir))) {
		CLEANUP(freep)
		char *path = path_join(directory, entry->d_name), *data = NULL;
		struct error err = ERROR_INIT;
		size_t length;

		if (entry->d_name[0] == '.')
			continue;
		if (file_read_all(path, INPUT_MOST_BYTES, &data, &length, &err) < 0) {
			(void)fprintf(stderr, "%s\n", err.msg);
			return -1;
		}
		(void)LLVMFuzzerTestOneInput((const uint8_t *)data, length);
		count++;
	}
	return count;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int count;

		if (argv[i][0] == '-') /* libFuzzer's options */
			continue;
		count = replay(argv[i]);
		if (count <= 0) {
			(void)fprintf(stderr, "%s: no corpus\n", argv[i]);
			return 1;
		}
		(void)printf("%s: %d inputs\n", argv[i], count);
	}
	return 0;
}
