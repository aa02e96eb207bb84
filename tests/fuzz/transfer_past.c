/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Journals of any bytes: what is believed of them is believed when it is written anew. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "core/transfer_past.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	CLEANUP(transfer_past_releasep) struct transfer_past past = { 0 };
	CLEANUP(transfer_past_releasep) struct transfer_past again = { 0 };
	size_t good = transfer_past_parse((const char *)data, size_bytes, &past);

	if (good > size_bytes || (good && data[good - 1] != '\n'))
		abort();
	for (size_t i = 1; i < past.count; i++)
		if (past.blocks[i - 1].index >= past.blocks[i].index)
			abort();
	if (transfer_past_parse((const char *)data, good, &again) != good ||
		again.count != past.count)
		abort();
	return 0;
}
