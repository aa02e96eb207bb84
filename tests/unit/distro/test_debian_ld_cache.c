/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ldconfig writes what is read. */
#include "distro/debian/ld_cache.h"

#include "base/fd.h"
#include "base/proc.h"
#include "unit.h"

static bool all(void *userdata, const char *path)
{
	(void)userdata;
	(void)path;
	return true;
}

static bool not_c(void *userdata, const char *path)
{
	(void)userdata;
	return !strstr(path, "/libc.so.6");
}

/* This machine's own. */
static char *read_cache(size_t *ret_bytes)
{
	struct error err = ERROR_INIT;
	char *bytes;

	if (file_read_all("/etc/ld.so.cache", 16 << 20, &bytes, ret_bytes, &err) < 0)
		fail_msg("%s", err.msg);
	return bytes;
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void every_library_is_described(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
		"PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -c '=>'", NULL };
	CLEANUP(proc_result_releasep) struct proc_result result = { 0 };
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf fewer = STRBUF_INIT;
	CLEANUP(freep) char *bytes = NULL;
	struct error err = ERROR_INIT;
	size_t length;

	(void)state;
	bytes = read_cache(&length);
	assert_true(ld_cache_describe(bytes, length, all, NULL, &text));
	assert_int_equal(proc_run(&(struct proc_spec){ .argv = argv }, &result, &err), 0);
	assert_int_equal(count_lines(text.data), atoi(result.out));
	assert_non_null(strstr(text.data, "libc.so.6 /"));
	assert_true(ld_cache_describe(bytes, length, not_c, NULL, &fewer));
	assert_null(strstr(fewer.data, "libc.so.6 /"));
	assert_true(count_lines(fewer.data) < count_lines(text.data));
}

static void what_is_no_cache_is_told(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(freep) char *bytes = NULL;
	size_t length;

	(void)state;
	bytes = read_cache(&length);
	for (size_t cut = 0; cut < 60; cut++)
		assert_false(ld_cache_describe(bytes, cut, all, NULL, &text));
	assert_false(ld_cache_describe(bytes, length / 2, all, NULL, &text));
	memset(bytes + 20, 0xff, 4);
	assert_false(ld_cache_describe(bytes, length, all, NULL, &text));
	*bytes = 'X';
	assert_false(ld_cache_describe(bytes, length, all, NULL, &text));
	assert_string_equal(text.data, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_library_is_described),
		cmocka_unit_test(what_is_no_cache_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
