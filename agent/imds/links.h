/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Told by the kernel (rtnetlink(7)) when an interface, an address or a route comes or
 * goes, so that waiting for a network ends with the network and not with the next
 * attempt.
 */
#pragma once

#include <stdbool.h>

/* A descriptor that is readable then; or -errno. */
int links_open(void);

/* Read what is there; true: something came that may open a way. */
bool links_drain(int fd);
