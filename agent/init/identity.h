/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which instance this is, and which boot of it. On Nitro the firmware says the instance's
 * id (DMI's board asset tag), long before there is a network; elsewhere only the metadata
 * service does.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "init/state.h"

struct identity {
	char instance[INSTANCE_ID_MOST_BYTES]; /* by the firmware; "": it does not say */
	char boot[INSTANCE_ID_MOST_BYTES]; /* another at each boot */
};

void identity_read(struct identity *id);

/*
 * Take `value` for an instance's id: the characters of one, and no more than there is
 * room for. False: it is none.
 */
bool identity_take(const char *value, size_t length, char to[INSTANCE_ID_MOST_BYTES]);
