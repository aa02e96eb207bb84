/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens before main(). The program is static and position independent: it applies
 * its own relocations, which are all "add the load address", and then makes read-only
 * what only they had to write. Until that is done no code may use a table of pointers;
 * and what sets the stack protector's guard cannot itself be guarded by it.
 */
#include "rt/start.h"

#include <linux/auxvec.h>
#include <linux/elf.h>
#include <linux/mman.h>
#include <stddef.h>
#include <stdint.h>

#include "rt/string.h"
#include "rt/sys.h"

#define HIDDEN __attribute__((visibility("hidden")))
#define UNGUARDED __attribute__((no_stack_protector))

/* Made by the linker: the program's first byte as loaded, and what it needs. */
extern unsigned char __ehdr_start[] HIDDEN;
extern const Elf64_Dyn _DYNAMIC[] HIDDEN;

/* An entry of the auxiliary vector. */
struct aux {
	uintptr_t type;
	union {
		uintptr_t number;
		const void *pointer;
	} value;
};

/* Called by guarded functions that find their stack smashed; the names are gcc's. */
extern uintptr_t __stack_chk_guard;
void __stack_chk_fail(void);
void start_c(const uintptr_t *stack);

uintptr_t __stack_chk_guard;

/* The processor supplements of the System V ABI number the relocations. */
#if defined(__x86_64__)
enum { R_RELATIVE = 8 };
__asm__(".pushsection .text\n"
	".globl _start\n"
	".type _start, @function\n"
	"_start:\n"
	"	endbr64\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call start_c\n"
	"	hlt\n"
	".size _start, . - _start\n"
	".popsection\n");
#elif defined(__aarch64__)
enum { R_RELATIVE = 1027 };
__asm__(".pushsection .text\n"
	".globl _start\n"
	".type _start, %function\n"
	"_start:\n"
	"	hint #34\n" /* bti c */
	"	mov x29, #0\n"
	"	mov x30, #0\n"
	"	mov x0, sp\n"
	"	bl start_c\n"
	"	brk #1\n"
	".size _start, . - _start\n"
	".popsection\n");
#endif

void __stack_chk_fail(void)
{
	__builtin_trap();
}

UNGUARDED static void relocate(void)
{
	const unsigned char *table = __ehdr_start;
	uintptr_t size_bytes = 0;

	for (const Elf64_Dyn *d = _DYNAMIC; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_RELA)
			table = __ehdr_start + d->d_un.d_ptr;
		else if (d->d_tag == DT_RELASZ)
			size_bytes = d->d_un.d_val;
	}
	for (uintptr_t i = 0; i < size_bytes; i += sizeof(Elf64_Rela)) {
		const Elf64_Rela *r = (const void *)(table + i);
		void *place = __ehdr_start + r->r_offset;

		if ((uint32_t)r->r_info != R_RELATIVE)
			__builtin_trap();
		*(unsigned char **)place = __ehdr_start + r->r_addend;
	}
}

/* Whole pages only: the linker lets the protected part end with one. */
UNGUARDED static void protect_relocated(uintptr_t page_bytes)
{
	const Elf64_Ehdr *program = (const void *)__ehdr_start;
	const Elf64_Phdr *header = (const void *)(__ehdr_start + program->e_phoff);

	for (unsigned int i = 0; i < program->e_phnum; i++, header++) {
		unsigned char *begin = __ehdr_start + header->p_vaddr;
		uintptr_t before = (uintptr_t)begin % page_bytes;
		uintptr_t size = (before + header->p_memsz) / page_bytes * page_bytes;

		if (header->p_type == PT_GNU_RELRO && size)
			(void)sys_mprotect(begin - before, size, PROT_READ);
	}
}

/* `stack`, as the kernel left it: argc, argv, NULL, envp, NULL, auxiliary vector. */
UNGUARDED void start_c(const uintptr_t *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	char **envp = argv + argc + 1, **end = envp;
	uintptr_t page_bytes = 4096;

	relocate();
	while (*end++)
		;
	for (const struct aux *a = (const void *)end; a->type != AT_NULL; a++) {
		if (a->type == AT_PAGESZ)
			page_bytes = a->value.number;
		else if (a->type == AT_RANDOM)
			memcpy(&__stack_chk_guard, a->value.pointer,
				sizeof(__stack_chk_guard));
	}
	protect_relocated(page_bytes);
	sys_exit(main(argc, argv, envp));
}
