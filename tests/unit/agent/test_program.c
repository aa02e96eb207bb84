/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two programs as they are built: their size, and that they need nothing to run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <elf.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"

enum { PROGRAM_MOST_BYTES = 150 << 10 };

static const struct program {
	const char *path;
	unsigned int machine;
} programs[] = {
	{ EC2_INIT_X86_64, EM_X86_64 },
	{ EC2_INIT_ARM64, EM_AARCH64 },
};

static void check_segment(const unsigned char *bytes, const Elf64_Phdr *p)
{
	const Elf64_Dyn *d = (const Elf64_Dyn *)(const void *)(bytes + p->p_offset);

	assert_int_not_equal(p->p_type, PT_INTERP);
	if (p->p_type == PT_LOAD)
		assert_false((p->p_flags & PF_W) && (p->p_flags & PF_X));
	if (p->p_type == PT_GNU_STACK)
		assert_false(p->p_flags & PF_X);
	if (p->p_type != PT_DYNAMIC)
		return;
	for (; d->d_tag != DT_NULL; d++) {
		assert_int_not_equal(d->d_tag, DT_NEEDED);
		assert_int_not_equal(d->d_tag, DT_TEXTREL);
		/* Only what rt/start.c relocates. */
		assert_int_not_equal(d->d_tag, DT_JMPREL);
		assert_int_not_equal(d->d_tag, DT_RELR);
	}
}

static void it_is_small_and_alone(void **state)
{
	const struct program *program = *state;
	struct error err = ERROR_INIT;
	CLEANUP(freep) char *bytes = NULL;
	size_t length;
	Elf64_Ehdr header;
	bool relro = false, stack = false;

	if (file_read_all(program->path, PROGRAM_MOST_BYTES, &bytes, &length, &err) < 0)
		fail_msg("%s", err.msg);
	memcpy(&header, bytes, sizeof(header));
	assert_memory_equal(header.e_ident, ELFMAG, SELFMAG);
	assert_int_equal(header.e_type, ET_DYN); /* it may be loaded anywhere */
	assert_int_equal(header.e_machine, program->machine);
	for (size_t i = 0; i < header.e_phnum; i++) {
		Elf64_Phdr p;

		memcpy(&p, bytes + header.e_phoff + i * sizeof(p), sizeof(p));
		relro |= p.p_type == PT_GNU_RELRO;
		stack |= p.p_type == PT_GNU_STACK;
		check_segment((const unsigned char *)bytes, &p);
	}
	assert_true(relro && stack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "x86_64", it_is_small_and_alone, NULL, NULL, (void *)&programs[0] },
		{ "arm64", it_is_small_and_alone, NULL, NULL, (void *)&programs[1] },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
