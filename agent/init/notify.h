/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tell systemd that what waits for this stage may begin (sd_notify(3), Type=notify),
 * which can be before the stage is over. Without systemd nothing happens.
 */
#pragma once

void notify_ready(char **envp);
