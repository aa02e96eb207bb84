/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Journals of any bytes: what is believed of them is believed again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "core/run_past.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
	CLEANUP(run_past_releasep) struct run_past past = { 0 };
	CLEANUP(run_past_releasep) struct run_past again = { 0 };
	size_t good = run_past_parse((const char *)data, size_bytes, &past);

	if (good > size_bytes || (good && data[good - 1] != '\n'))
		abort();
	if (past.count && (!past.region || !past.url || !past.profile))
		abort();
	if (*past.run_id && !run_id_is_valid(past.run_id))
		abort();
	if (run_past_parse((const char *)data, good, &again) != good ||
		again.count != past.count)
		abort();
	return 0;
}
