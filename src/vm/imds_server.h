/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The metadata service (imds.h) on a Unix socket in a private directory.
 */
#pragma once

#include "base/error.h"
#include "vm/imds.h"

struct imds_server;

/* `name` is the socket's, in the directory `dir_fd`, which stays the caller's. */
int imds_server_start(int dir_fd, const char *name, const struct imds_spec *spec,
	struct imds_server **ret, struct error *err);
struct imds_server *imds_server_free(struct imds_server *s);
static inline void imds_server_freep(struct imds_server **s)
{
	*s = imds_server_free(*s);
}
