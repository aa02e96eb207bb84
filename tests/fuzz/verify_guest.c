/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest says over ssh, and the start of its disk: every check has an outcome, and
 * nothing is read out of bounds.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "core/verify_checks.h"
#include "core/verify_disk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char key[] = "ssh-ed25519 AAAA";
	static char *keys[] = { key, NULL };
	const struct strv console_keys = { keys, 1, 1 };
	CLEANUP(facts_releasep) struct facts facts = FACTS_INIT;
	struct disk_facts disk;
	struct check_input input = { .facts = &facts,
		.user = "admin",
		.host_name = "ip-10-0-0-1.ec2.internal",
		.console_keys = &console_keys,
		.launch_keys = &console_keys,
		.volume_bytes = UINT64_C(3) << 30,
		.time_s = 1000000000 };

	facts_parse(&facts, (const char *)data, size);
	for (size_t i = 0; i < 2 * verify_check_count; i++) {
		CLEANUP(strbuf_releasep) struct strbuf found = STRBUF_INIT;

		input.before = i % 2 ? &facts : NULL;
		(void)verify_checks[i / 2].run(&input, &found);
	}
	disk_facts_parse(data, size, &disk);
	if (disk.boot & ~(unsigned int)(RECIPE_BOOT_BIOS | RECIPE_BOOT_UEFI))
		abort();
	return 0;
}
