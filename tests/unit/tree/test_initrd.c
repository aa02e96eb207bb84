/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Archives put together as initramfs-tools and dracut do it, compressed by the real
 * tools.
 */
#include "tree/initrd.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/proc.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit.h"

static void add_entry(struct strbuf *to, const char *name, mode_t mode, const char *text)
{
	strbuf_addf(to, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 0,
		mode, 0, 0, 1, 0, strlen(text), 0, 0, 0, 0, strlen(name) + 1, 0);
	strbuf_add(to, name, strlen(name) + 1);
	while (to->length_bytes % 4)
		strbuf_add_char(to, '\0');
	strbuf_add_str(to, text);
	while (to->length_bytes % 4)
		strbuf_add_char(to, '\0');
}

static void add_archive(struct strbuf *to, const char *name, const char *text)
{
	add_entry(to, "./dir", S_IFDIR | 0755, "");
	add_entry(to, name, S_IFREG | 0644, text);
	add_entry(to, "TRAILER!!!", 0, "");
}

/* Paths, and what is shown of the contents, joined. */
static void note(void *userdata, const char *path, const void *content, size_t bytes)
{
	struct strbuf *seen = userdata;

	strbuf_addf(seen, "%s", path);
	if (content)
		strbuf_addf(seen, "=%.*s", (int)bytes, (const char *)content);
	strbuf_add_char(seen, ' ');
}

static void assert_seen(const struct strbuf *image, const char *wanted)
{
	CLEANUP(strbuf_releasep) struct strbuf seen = STRBUF_INIT;
	struct error err = ERROR_INIT;

	if (initrd_read(image->data, image->length_bytes, note, &seen, &err) < 0)
		fail_msg("%s", err.msg);
	assert_string_equal(seen.data, wanted);
}

static void archives_one_after_another(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf image = STRBUF_INIT;

	(void)state;
	add_archive(&image, "kernel/x86/microcode/GenuineIntel.bin", "m");
	while (image.length_bytes % 512)
		strbuf_add_char(&image, '\0');
	add_archive(&image, "/init", "i");
	assert_seen(&image, "dir kernel/x86/microcode/GenuineIntel.bin=m dir init=i ");
}

static void add_compressed(
	const char *scratch, struct strbuf *to, const char *const *argv)
{
	CLEANUP(strbuf_releasep) struct strbuf main = STRBUF_INIT;
	CLEANUP(proc_result_releasep) struct proc_result packed = { 0 };
	struct proc_spec spec = { .argv = argv, .separate_stderr = true };
	struct error err = ERROR_INIT;

	(void)scratch;
	add_archive(&main, "conf/initramfs.conf", "MODULES=most\n");
	spec.input = main.data;
	spec.input_bytes = main.length_bytes;
	if (proc_run(&spec, &packed, &err) < 0)
		fail_msg("%s", err.msg);
	strbuf_add(to, packed.out, packed.out_bytes);
}

static void the_last_may_be_compressed(void **state)
{
	static const char *const tools[][6] = { { "gzip", "-c" }, { "xz", "-c" },
		{ "xz", "-c", "--check=crc32", "--lzma2=dict=1MiB" },
		{ "zstd", "-q", "-c" }, { "bzip2", "-c" } };

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		CLEANUP(strbuf_releasep) struct strbuf image = STRBUF_INIT;

		add_archive(&image, "early", "e");
		add_compressed(*state, &image, tools[i]);
		assert_seen(
			&image, "dir early=e dir conf/initramfs.conf=MODULES=most\n ");
	}
}

static void large_contents_are_not_shown(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf image = STRBUF_INIT;
	CLEANUP(freep) char *text = xcalloc(1, INITRD_CONTENT_MOST_BYTES + 2);

	(void)state;
	memset(text, 'x', INITRD_CONTENT_MOST_BYTES + 1);
	add_archive(&image, "large", text);
	assert_seen(&image, "dir large ");
}

static void what_is_none_is_refused(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf good = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf packed = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf seen = STRBUF_INIT;
	static const char *const gzip[] = { "gzip", "-c", NULL };

	(void)state;
	add_archive(&good, "init", "0123456789");
	add_compressed(*state, &packed, gzip);
	const struct {
		const char *bytes;
		size_t length;
		const char *says;
	} cases[] = {
		{ "", 0, "empty" },
		{ "no archive of any kind, but bytes", 33, "not an initramfs" },
		{ good.data, 232, "cut off" },
		{ packed.data, packed.length_bytes / 2, "not an initramfs" },
		{ "070701ZZZZZZZZ0000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000",
			114, "cut off" },
		{ "07070100000000ZZZZZZZZ00000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000",
			114, "damaged" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;

		if (initrd_read(cases[i].bytes, cases[i].length, note, &seen, &err) == 0)
			fail_msg("case %zu was taken", i);
		unit_assert_error(&err, ERR_FORMAT, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(archives_one_after_another),
		SCRATCH_TEST(the_last_may_be_compressed),
		cmocka_unit_test(large_contents_are_not_shown),
		SCRATCH_TEST(what_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
