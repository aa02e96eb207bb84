/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/step.h"

#include "distro/debian/steps.h"
#include "unit.h"

/* Quotes, backslashes and all: what is in the program is what is in the source. */
static void steps_are_embedded_as_they_are(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct step *s = debian_steps; s->name; s++, count++) {
		CLEANUP(freep) char *path = xasprintf("%s/%s.sh", STEPS_DIR, s->name);
		CLEANUP(freep) char *text = NULL;
		struct error err = ERROR_INIT;

		assert_int_equal(file_read_all(path, 1 << 20, &text, NULL, &err), 0);
		assert_string_equal(s->text, text);
	}
	assert_int_equal(count, unit_count_entries(STEPS_DIR));
}

static void an_unknown_step_is_a_bug(void **state)
{
	struct error err = ERROR_INIT;
	char *path = NULL;

	(void)state;
	assert_int_equal(step_place(NULL, debian_steps, "nonsense", &path, &err), -1);
	unit_assert_error(&err, ERR_SYSTEM, "nonsense");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_embedded_as_they_are),
		cmocka_unit_test(an_unknown_step_is_a_bug),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
