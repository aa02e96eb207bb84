/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Percent-encoding as AWS's signatures want it: all but RFC 3986's unreserved characters.
 */
#pragma once

#include "base/strbuf.h"

void percent_encode(struct strbuf *to, const char *text);
