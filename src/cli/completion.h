/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What bash needs to complete amiwright's command lines, made from the tables of commands
 * and options.
 */
#pragma once

#include "base/strbuf.h"

/* A script for a directory of bash-completion(7), or to be sourced. It needs nothing but
 * bash 4, and asks no program. */
void completion_bash(struct strbuf *to);
