/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a build's image goes: a file of some format, a block device, or EC2; of that,
 * only what is about the image stands in files. Opened before anything is made, so that a
 * target that will not do is refused at once; a file gets its name last of all.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/progress.h"
#include "core/build.h"
#include "disk/convert.h"

struct build_target;

/* Whether a file may have that name, and stand where it is to; a device is looked at when
 * it is opened. Makes nothing. ERR_TARGET when refused. */
int build_target_check(const struct build_options *options, const struct recipe *recipe,
	struct error *err);

/* ERR_TARGET when refused. */
int build_target_open(const struct build_options *options, const struct recipe *recipe,
	struct build_target **ret, struct error *err);

const char *build_target_path(const struct build_target *t);
/* "raw", …, "device", "snapshot", "ami" */
const char *build_target_format(const struct build_target *t);

/* What is about the image is "<this>.<ending>"; NULL for a device. */
const char *build_target_base(const struct build_target *t);

/* Size of the device; 0 for a file, which has any. */
uint64_t build_target_device_bytes(const struct build_target *t);

/* Where the raw disk is written; open for reading too. The target's own; -1: in EC2. */
int build_target_raw_fd(const struct build_target *t);

/*
 * A file that belongs to the image: it will be "<base><ending>". Nothing for a device.
 * Its name comes just before the image's.
 */
int build_target_add(struct build_target *t, const char *ending, const char *text,
	size_t length_bytes, struct error *err);

/* Convert where the format asks for it, make it durable, give it its name. */
int build_target_finish(struct build_target *t, struct progress *p, struct error *err);

/* The descriptor of a file that has its name: the image, 0, or what was added, from 1 on
 * in its order. The target's own; not for a device. */
int build_target_finished_fd(const struct build_target *t, size_t number);

/*
 * Keep the raw disk for inspection, as "<path>.failed"; *ret_path, freed by the caller,
 * is NULL for a device, which holds it already.
 */
int build_target_keep_failed(struct build_target *t, char **ret_path, struct error *err);

struct build_target *build_target_free(struct build_target *t);
static inline void build_target_freep(struct build_target **t)
{
	*t = build_target_free(*t);
}
