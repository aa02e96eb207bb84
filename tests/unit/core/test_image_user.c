/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_user.h"

#include <sys/stat.h>

#include "unit.h"

#define SHA "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f809"
#define MANIFEST(user, size)                                                             \
	"{\"manifest\": 1, \"recipe\": {\"name\": \"a\", \"arch\": \"arm64\"" user "}, " \
	"\"disk\": {\"sha256\": \"" SHA "\", \"size_bytes\": " size "}}"

static char *user_of(const char *dir, const char *name)
{
	CLEANUP(freep) char *path = path_join(dir, name);
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return image_user(path, fd, NULL);
}

static void make_image(const char *dir, const char *name, off_t bytes)
{
	CLEANUP(freep) char *path = path_join(dir, name);

	unit_write_file(dir, name, "");
	assert_int_equal(truncate(path, bytes), 0);
}

/* The disk has 1 MiB. */
static void the_manifest_names_the_user_of_its_disk_only(void **state)
{
	static const struct {
		const char *manifest, *user;
	} cases[] = {
		{ MANIFEST(", \"user\": \"deploy\"", "1048576"), "deploy" },
		{ MANIFEST(", \"user\": \"deploy\"", "1048577"), NULL },
		{ MANIFEST(", \"user\": \"deploy\"", "-1"), NULL },
		{ MANIFEST(", \"user\": \"deploy\"", "\"1048576\""), NULL },
		{ MANIFEST(", \"user\": \"root\"", "1048576"), NULL },
		{ MANIFEST(", \"user\": \"-oProxyCommand=x\"", "1048576"), NULL },
		{ MANIFEST(", \"user\": 7", "1048576"), NULL },
		{ MANIFEST("", "1048576"), NULL },
		{ "{\"manifest\": 2}", NULL },
		{ "{", NULL },
		{ "", NULL },
	};

	make_image(*state, "x.raw", 1 << 20);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep) char *user = NULL;

		unit_write_file(*state, "x.raw.manifest.json", cases[i].manifest);
		user = user_of(*state, "x.raw");
		if (!user != !cases[i].user || (user && strcmp(user, cases[i].user) != 0))
			fail_msg("%s: %s", cases[i].manifest, user ? user : "none");
	}
}

static void without_a_manifest_there_is_none(void **state)
{
	CLEANUP(freep) char *fifo = path_join(*state, "x.raw.manifest.json");

	make_image(*state, "x.raw", 1 << 20);
	assert_null(user_of(*state, "x.raw"));
	/* Nobody writes to it: reading would wait for ever. */
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_null(user_of(*state, "x.raw"));
}

static void what_is_no_image_has_none(void **state)
{
	make_image(*state, "x.raw", 0);
	unit_write_file(
		*state, "x.raw.manifest.json", MANIFEST(", \"user\": \"deploy\"", "0"));
	assert_null(user_of(*state, "x.raw"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(the_manifest_names_the_user_of_its_disk_only),
		SCRATCH_TEST(without_a_manifest_there_is_none),
		SCRATCH_TEST(what_is_no_image_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
