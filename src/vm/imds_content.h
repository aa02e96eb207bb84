/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that the metadata service says about one instance.
 */
#pragma once

#include "vm/imds.h"
#include "vm/imds_tree.h"

/* Where a launch key is; its number goes in. */
#define IMDS_KEY_PATH "meta-data/public-keys/%zu/openssh-key"

void imds_content_add(struct imds_tree *t, const struct imds_spec *spec);
