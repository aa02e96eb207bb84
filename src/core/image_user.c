/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_user.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/manifest.h"
#include "core/manifest_image.h"
#include "vm/vm_image.h"

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

char *image_user(const char *path, int fd, struct progress *p)
{
	CLEANUP(manifest_image_releasep) struct manifest_image manifest = { 0 };
	CLEANUP(freep) char *name = xasprintf("%s" MANIFEST_ENDING, path);
	CLEANUP(freep) char *line = NULL;
	struct error ignored = ERROR_INIT;
	struct vm_image image;

	if (!is_file(name) || vm_image_read(fd, path, &image, &ignored) < 0 ||
		manifest_image_read(name, &manifest, &ignored) < 0 || !manifest.user ||
		manifest.disk_bytes != image.virtual_bytes)
		return NULL;
	line = xasprintf("the user is '%s', as '%s' says", manifest.user, name);
	progress_output_line(line, p);
	return TAKE_PTR(manifest.user);
}
