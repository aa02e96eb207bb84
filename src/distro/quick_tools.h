/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program quick-tools (agent/quick), for this machine whatever the tree's
 * architecture is: it is part of this program (tools/embed-files).
 */
#pragma once

#include "distro/agent.h"

extern const struct agent_file quick_tools[]; /* one; NULL ends the table */
