/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/progress_parts.h"

#include "base/workers.h"
#include "cli/progress.h"
#include "unit.h"

enum { REPORTS = 20000 };

static const struct progress_style style = { .level = PROGRESS_NORMAL };

/* Two things at once, in an order that is known. */
static void tell_both(struct progress *p)
{
	struct progress_parts parts = PROGRESS_PARTS_INIT(p);
	struct progress_part bios, uefi;

	progress_part_init(&bios, &parts, "BIOS");
	progress_part_init(&uefi, &parts, "UEFI");
	for (int i = 0; i < 10; i++) {
		progress_wait(&bios.progress, "ssh", 12, 240);
		progress_wait(&uefi.progress, "keys", 13, 240);
	}
	progress_check(&bios.progress, "sudo", 1, "works");
	progress_step(&bios.progress, "rebooting it");
	progress_wait(&uefi.progress, "keys", 14, 240);
	progress_warning(&uefi.progress, "odd");
}

static void a_pipe_sees_whose_it_is(void **state)
{
	struct progress_view *v;
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	(void)state;
	v = progress_plain_new(to, style);
	tell_both(&v->progress);
	progress_view_free(v);
	(void)fclose(to);
	/* The waits alternate, and are said when one of them changes. */
	assert_string_equal(text, "  BIOS: ssh 12 s\n"
				  "  BIOS: ssh 12 s; UEFI: keys 13 s\n"
				  "  ok    BIOS: sudo: works\n"
				  "  BIOS: rebooting it\n"
				  "  UEFI: keys 14 s\n"
				  "warning: UEFI: odd\n");
	free(text);
}

static void events_name_the_part(void **state)
{
	static const char *const expected[] = {
		"\"event\":\"wait\",\"part\":\"BIOS\",\"what\":\"ssh\",",
		"\"event\":\"wait\",\"part\":\"UEFI\",\"what\":\"keys\",",
		"\"event\":\"check\",\"part\":\"BIOS\",\"check\":\"sudo\",",
		"\"event\":\"step\",\"part\":\"BIOS\",\"text\":\"rebooting it\"}",
		"\"event\":\"wait\",\"part\":\"UEFI\",\"what\":\"keys\",\"waited_"
		"seconds\""
		":14,",
		"\"event\":\"warning\",\"part\":\"UEFI\",\"text\":\"odd\"}",
	};
	struct progress_view *v;
	char *text = NULL;
	size_t length, i = 0;
	FILE *to = open_memstream(&text, &length);

	(void)state;
	v = progress_events_new(to);
	tell_both(&v->progress);
	progress_view_free(v);
	(void)fclose(to);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), i++) {
		assert_true(i < ARRAY_SIZE(expected));
		if (!strstr(line, expected[i]))
			fail_msg("expected %s, got %s", expected[i], line);
	}
	assert_int_equal(i, ARRAY_SIZE(expected));
	free(text);
}

/* Counts without a lock: that one thread at a time calls it is what is tested. */
struct counter {
	struct progress progress; /* first */
	uint64_t heard;
};

static void count(struct progress *p, const struct progress_event *e)
{
	struct counter *c = (struct counter *)p;
	volatile uint64_t *heard = &c->heard;

	assert_string_equal(e->part, "it");
	*heard = *heard + 1;
}

static void *report_often(void *parts)
{
	struct progress_part part;

	progress_part_init(&part, parts, "it");
	for (int i = 0; i < REPORTS; i++)
		progress_step(&part.progress, "a step");
	return NULL;
}

static void one_thread_at_a_time_is_heard(void **state)
{
	struct counter counter = { .progress = { count } };
	struct progress_parts parts = PROGRESS_PARTS_INIT(&counter.progress);

	(void)state;
	workers_run(0, report_often, &parts);
	assert_int_equal(counter.heard, REPORTS);
	workers_run(3, report_often, &parts);
	assert_int_equal(counter.heard, 5 * REPORTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_sees_whose_it_is),
		cmocka_unit_test(events_name_the_part),
		cmocka_unit_test(one_thread_at_a_time_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
