/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/agent.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/strbuf.h"
#include "tree/place.h"

static const char config_path[] = "etc/ec2-init.conf";

/* Where a file of agent/files/ belongs. */
struct placement {
	const char *name;
	const char *path; /* in the tree */
	mode_t mode;
};

static const struct placement systemd[] = {
	{ "ec2-init-boot.service", "usr/lib/systemd/system/ec2-init-boot.service", 0644 },
	{ "ec2-init-metadata.service", "usr/lib/systemd/system/ec2-init-metadata.service",
		0644 },
	{ "ec2-init-user-data.service",
		"usr/lib/systemd/system/ec2-init-user-data.service", 0644 },
	{ NULL, NULL, 0 },
};

static const struct placement openrc[] = {
	{ "ec2-init-boot", "etc/init.d/ec2-init-boot", 0755 },
	{ "ec2-init-metadata", "etc/init.d/ec2-init-metadata", 0755 },
	{ "ec2-init-user-data", "etc/init.d/ec2-init-user-data", 0755 },
	{ NULL, NULL, 0 },
};

static const struct placement runit[] = {
	{ "core-service", "etc/runit/core-services/95-ec2-init.sh", 0644 },
	{ "run", "etc/sv/ec2-init/run", 0755 },
	{ NULL, NULL, 0 },
};

static const struct placement runit_sysv[] = {
	{ "boot-script", "etc/init.d/ec2-init-boot", 0755 },
	{ "run", "etc/sv/ec2-init/run", 0755 },
	{ NULL, NULL, 0 },
};

static const struct placement *const placements[] = {
	[AGENT_SYSTEMD] = systemd,
	[AGENT_OPENRC] = openrc,
	[AGENT_RUNIT] = runit,
	[AGENT_RUNIT_SYSV] = runit_sysv,
};

/* An installation under way. */
struct installation {
	const struct agent_spec *spec;
	struct place to;
};

/* The directory of `path`, where the tree has it not yet. */
static int make_parents(struct installation *in, const char *path, struct error *err)
{
	const struct place_meta meta = { .mode = 0755, .mtime_s = in->spec->mtime_s };

	for (const char *slash = strchr(path, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		CLEANUP(freep) char *dir = xstrndup(path, (size_t)(slash - path));

		if (place_directory(&in->to, dir, &meta, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int put(struct installation *in, const char *path, mode_t mode, const void *bytes,
	size_t length_bytes, struct error *err)
{
	const struct place_meta meta = { .mode = mode, .mtime_s = in->spec->mtime_s };
	CLEANUP(fd_closep) int fd = -1;

	if (make_parents(in, path, err) < 0 || place_file(&in->to, path, &fd, err) < 0 ||
		fd_write_all(fd, bytes, length_bytes, path, err) < 0)
		return -1;
	return place_finish(fd, path, &meta, err);
}

static int find(const char *name, const struct agent_file **ret, struct error *err)
{
	const struct agent_file *file = agent_files;

	while (file->name && strcmp(file->name, name) != 0)
		file++;
	if (!file->name)
		return error_set(err, ERR_SYSTEM, 0,
			"there is no file '%s' of the agent: a bug", name);
	*ret = file;
	return 0;
}

static int put_embedded(struct installation *in, const char *name, const char *path,
	mode_t mode, struct error *err)
{
	const struct agent_file *file;

	if (find(name, &file, err) < 0)
		return -1;
	return put(in, path, mode, file->bytes, file->length_bytes, err);
}

/* What the image sets stands below the text that explains what can be set. */
static int put_config(struct installation *in, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	const struct agent_file *file;

	if (find("ec2-init.conf", &file, err) < 0)
		return -1;
	strbuf_add(&text, file->bytes, file->length_bytes);
	strbuf_addf(&text, "\nuser = %s\n", in->spec->user);
	return put(in, config_path, 0644, text.data, text.length_bytes, err);
}

static int install(struct installation *in, struct error *err)
{
	CLEANUP(freep) char *program = xasprintf("ec2-init-%s", in->spec->arch);

	if (put_embedded(in, program, "usr/sbin/ec2-init", 0755, err) < 0 ||
		put_config(in, err) < 0)
		return -1;
	for (const struct placement *p = placements[in->spec->services]; p->name; p++)
		if (put_embedded(in, p->name, p->path, p->mode, err) < 0)
			return -1;
	return 0;
}

int agent_install(const struct agent_spec *spec, struct error *err)
{
	CLEANUP(fd_closep)
	int root = open(spec->root_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct installation in = { .spec = spec };
	int r;

	if (root < 0)
		return error_errno(err, "open the tree '%s'", spec->root_dir);
	place_init(&in.to, root);
	r = install(&in, err);
	place_release(&in.to);
	return r < 0 ? error_context(err, "install the agent ec2-init") : 0;
}
