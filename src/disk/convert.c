/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/convert.h"

#include <endian.h>
#include <stdbool.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/strv.h"
#include "base/text.h"
#include "disk/vmdk.h"

static const struct {
	const char *name;
	const char *ending;
	const char *options; /* qemu-img's -o, or NULL */
} formats[] = {
	[IMAGE_RAW] = { "raw", ".raw", NULL },
	[IMAGE_QCOW2] = { "qcow2", ".qcow2", NULL },
	[IMAGE_VMDK] = { "vmdk", ".vmdk", "subformat=streamOptimized" },
};

/* ".raw" alone is a name, and no ending. */
static bool has_ending(const char *path, const char *ending)
{
	return *path && text_ends_with_any_case(path + 1, ending);
}

enum image_format image_format_of_name(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (has_ending(path, formats[i].ending))
			return (enum image_format)i;
	return IMAGE_RAW;
}

const char *image_format_not_made(const char *path)
{
	static const char *const endings[] = { ".vhd", ".vhdx", ".vpc", ".vdi", ".qed",
		".qcow", ".ova", ".ovf", ".iso", ".tar", ".gz", ".tgz", ".bz2", ".xz",
		".zst", ".zip", ".yaml", ".yml", ".json" };

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++)
		if (has_ending(path, endings[i]))
			return endings[i];
	return NULL;
}

const char *image_format_name(enum image_format f)
{
	return formats[f].name;
}

/* qemu-img takes names only: the descriptors are named as its own. */
static int run_qemu_img(int raw_fd, int to_fd, enum image_format f, struct error *err)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	const int pass_fds[] = { raw_fd, to_fd };
	struct proc_spec spec = {
		.pass_fds = pass_fds,
		.pass_fd_count = ARRAY_SIZE(pass_fds),
	};

	STRV_ADD(&argv, "qemu-img", "convert", "-f", "raw", "-O", formats[f].name);
	if (formats[f].options)
		STRV_ADD(&argv, "-o", formats[f].options);
	strv_addf(&argv, "/proc/self/fd/%d", raw_fd);
	strv_addf(&argv, "/proc/self/fd/%d", to_fd);
	spec.argv = (const char *const *)argv.items;
	return proc_run(&spec, NULL, err);
}

/*
 * What tells this disk's content from another's in a VMDK: here, the checksum in the
 * header of its partition table (UEFI 2.10, 5.3.2), which covers the disk's GUID. All
 * ones would mean "none".
 */
static int read_content_id(int raw_fd, uint32_t *ret, struct error *err)
{
	enum { HEADER_CRC_BYTES = 512 + 16 };
	uint32_t crc = 0;
	size_t got;

	if (fd_pread(raw_fd, &crc, sizeof(crc), HEADER_CRC_BYTES, &got, "raw image",
		    err) < 0)
		return -1;
	*ret = le32toh(crc) & INT32_MAX;
	return 0;
}

static int make_vmdk_repeatable(int raw_fd, int to_fd, struct error *err)
{
	uint32_t content_id;

	if (read_content_id(raw_fd, &content_id, err) < 0)
		return -1;
	return vmdk_fix_descriptor(to_fd, content_id, err);
}

int image_convert(
	int raw_fd, int to_fd, enum image_format f, struct progress *p, struct error *err)
{
	progress_step(p, "converting to %s", formats[f].name);
	if (run_qemu_img(raw_fd, to_fd, f, err) < 0)
		return error_context(err, "convert the disk to %s", formats[f].name);
	if (f == IMAGE_VMDK && make_vmdk_repeatable(raw_fd, to_fd, err) < 0)
		return -1;
	if (fdatasync(to_fd) < 0)
		return error_errno(
			err, "write the %s image to its disk", formats[f].name);
	return 0;
}
