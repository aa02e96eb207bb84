/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text for man pages written in scdoc(5).
 */
#pragma once

#include "base/strbuf.h"

/* Append `text` so that nothing of it is taken for markup. */
void scdoc_add_text(struct strbuf *to, const char *text);
