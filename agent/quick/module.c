/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF as elf(5) has it, of 64 bits and with the low byte first. */
#include "quick/module.h"

#include <linux/elf.h>
#include <stdint.h>

#include "rt/string.h"

struct elf {
	const unsigned char *file;
	size_t size;
	Elf64_Ehdr header;
};

static bool is_inside(const struct elf *elf, uint64_t offset, uint64_t length)
{
	return offset <= elf->size && length <= elf->size - offset;
}

static bool read_header(const unsigned char *file, size_t size, struct elf *ret)
{
	static const unsigned char known[] = { 0x7f, 'E', 'L', 'F', ELFCLASS64,
		ELFDATA2LSB, EV_CURRENT };
	Elf64_Ehdr *header = &ret->header;

	*ret = (struct elf){ .file = file, .size = size };
	if (size < sizeof(*header))
		return false;
	memcpy(header, file, sizeof(*header));
	return memcmp(header->e_ident, known, sizeof(known)) == 0 &&
	       header->e_shentsize == sizeof(Elf64_Shdr) &&
	       is_inside(ret, header->e_shoff,
		       (uint64_t)header->e_shnum * sizeof(Elf64_Shdr));
}

static void read_section(const struct elf *elf, unsigned int number, Elf64_Shdr *ret)
{
	memcpy(ret, elf->file + elf->header.e_shoff + number * sizeof(*ret),
		sizeof(*ret));
}

/* Of that type, with its bytes there; and if there are any, a NUL at their end. */
static bool has_strings(const struct elf *elf, const Elf64_Shdr *section, uint32_t type)
{
	return section->sh_type == type &&
	       is_inside(elf, section->sh_offset, section->sh_size) &&
	       (!section->sh_size ||
		       !elf->file[section->sh_offset + section->sh_size - 1]);
}

/* For a section that is not, kmod 34 refuses the file, and kmod 30 does not: of such a
 * file only the true program can say. */
static bool is_sound(
	const struct elf *elf, const Elf64_Shdr *names, const Elf64_Shdr *section)
{
	return section->sh_name < names->sh_size &&
	       (section->sh_type == SHT_NOBITS ||
		       is_inside(elf, section->sh_offset, section->sh_size));
}

static bool has_name(const struct elf *elf, const Elf64_Shdr *names,
	const Elf64_Shdr *section, const char *name)
{
	return strcmp((const char *)elf->file + names->sh_offset + section->sh_name,
		       name) == 0;
}

bool module_info_find(const unsigned char *file, size_t size, struct module_info *ret)
{
	Elf64_Shdr names, section;
	bool found = false;
	struct elf elf;

	if (!read_header(file, size, &elf) || elf.header.e_shstrndx >= elf.header.e_shnum)
		return false;
	read_section(&elf, elf.header.e_shstrndx, &names);
	if (!has_strings(&elf, &names, SHT_STRTAB))
		return false;
	for (unsigned int i = 0; i < elf.header.e_shnum; i++) {
		read_section(&elf, i, &section);
		if (!is_sound(&elf, &names, &section))
			return false;
		if (!has_name(&elf, &names, &section, ".modinfo"))
			continue;
		if (found || !has_strings(&elf, &section, SHT_PROGBITS))
			return false;
		ret->at = (const char *)file + section.sh_offset;
		ret->end = ret->at + section.sh_size;
		found = true;
	}
	return found;
}

const char *module_info_next(struct module_info *info, const char *key)
{
	const size_t key_length = strlen(key);

	while (info->at < info->end) {
		const char *string = info->at;
		const size_t length = strlen(string);

		info->at = string + length + 1;
		if (length < key_length || memcmp(string, key, key_length) != 0)
			continue;
		if (length == key_length)
			return string + length;
		if (string[key_length] == '=')
			return string + key_length + 1;
	}
	return NULL;
}
