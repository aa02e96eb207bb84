/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that the metadata service says about one instance.
 */
#pragma once

#include "vm/imds.h"
#include "vm/imds_tree.h"

void imds_content_add(struct imds_tree *t, const struct imds_spec *spec);
