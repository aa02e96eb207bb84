/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/secret.h"

#include "unit.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* True when the kernel would leave the page at `address` out of a core dump: flag "dd" of
 * its mapping (proc_pid_smaps(5)). */
static bool is_left_out_of_dumps(const void *address)
{
	CLEANUP(file_closep) FILE *maps = fopen("/proc/self/smaps", "re");
	char line[512];
	bool inside = false;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps)) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (unsigned long)address >= from &&
				 (unsigned long)address < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			return strstr(line, " dd") != NULL;
	}
	return false;
}

static void no_dump_holds_a_secret(void **state)
{
	char *memory = secret_alloc(10000);

	(void)state;
	assert_int_equal(memory[0], 0);
	assert_int_equal(memory[9999], 0);
	assert_true(is_left_out_of_dumps(memory));
	assert_true(is_left_out_of_dumps(memory + 9999));
	assert_false(is_left_out_of_dumps(&state));
	secret_free(memory, 10000);
	secret_free(NULL, 1);
}

/* Whatever else has a copy of it: a process that dies of a signal. */
static void a_process_with_a_secret_leaves_no_core_dump(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		struct rlimit size;

		(void)getrlimit(RLIMIT_CORE, &size);
		size.rlim_cur = size.rlim_max;
		(void)setrlimit(RLIMIT_CORE, &size);
		secret_free(secret_alloc(1), 1);
		_exit(getrlimit(RLIMIT_CORE, &size) == 0 && size.rlim_cur <= 1 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void nothing_is_freed_like_free_does(void **state)
{
	struct strbuf s = STRBUF_INIT;
	CLEANUP(secret_string_freep) char *text = xstrdup("secret");

	(void)state;
	secret_string_free(NULL);
	secret_strbuf_release(&s);
	strbuf_add_str(&s, "secret");
	secret_strbuf_release(&s);
	assert_string_equal(s.data, "");
	assert_string_equal(text, "secret");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_dump_holds_a_secret),
		cmocka_unit_test(a_process_with_a_secret_leaves_no_core_dump),
		cmocka_unit_test(nothing_is_freed_like_free_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
