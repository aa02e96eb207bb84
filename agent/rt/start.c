/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens before main(). The program is static and position independent: it applies
 * its own relocations, which are all "add the load address", and then makes read-only what
 * only they had to write. Until that is done no code may use a table of pointers; and what
 * sets the stack protector's guard cannot itself be guarded by it.
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

/* Made by the linker. */
extern const Elf64_Ehdr __ehdr_start HIDDEN;
extern const Elf64_Dyn _DYNAMIC[] HIDDEN;

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

static uintptr_t load_address(void)
{
	return (uintptr_t)&__ehdr_start;
}

UNGUARDED static void relocate(void)
{
	uintptr_t table = 0, size_bytes = 0;

	for (const Elf64_Dyn *d = _DYNAMIC; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_RELA)
			table = load_address() + d->d_un.d_ptr;
		else if (d->d_tag == DT_RELASZ)
			size_bytes = d->d_un.d_val;
	}
	for (const Elf64_Rela *r = (const Elf64_Rela *)table;
		(uintptr_t)r < table + size_bytes; r++) {
		if ((uint32_t)r->r_info != R_RELATIVE)
			__builtin_trap();
		*(uintptr_t *)(load_address() + r->r_offset) =
			load_address() + (uintptr_t)r->r_addend;
	}
}

/* Whole pages only: the linker lets the protected part begin a page. */
UNGUARDED static void protect_relocated(uintptr_t page_bytes)
{
	const Elf64_Phdr *header =
		(const Elf64_Phdr *)(load_address() + __ehdr_start.e_phoff);

	for (unsigned int i = 0; i < __ehdr_start.e_phnum; i++, header++) {
		uintptr_t begin, end;

		if (header->p_type != PT_GNU_RELRO)
			continue;
		begin = load_address() + header->p_vaddr;
		end = (begin + header->p_memsz) & -page_bytes;
		begin &= -page_bytes;
		if (begin < end)
			(void)sys_mprotect((void *)begin, end - begin, PROT_READ);
	}
}

/* `stack` is what the kernel left there: argc, argv, NULL, envp, NULL, auxiliary vector. */
UNGUARDED void start_c(const uintptr_t *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	char **envp = argv + argc + 1;
	const uintptr_t *aux = (const uintptr_t *)envp;
	uintptr_t page_bytes = 4096;

	relocate();
	while (*aux++)
		;
	for (; aux[0] != AT_NULL; aux += 2) {
		if (aux[0] == AT_PAGESZ)
			page_bytes = aux[1];
		else if (aux[0] == AT_RANDOM)
			memcpy(&__stack_chk_guard, (const void *)aux[1],
				sizeof(__stack_chk_guard));
	}
	protect_relocated(page_bytes);
	sys_exit(main(argc, argv, envp));
}
