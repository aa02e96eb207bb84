/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verify_checks.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"

enum {
	SECTOR_BYTES =
		512, /* of the numbers in /sys/class/block, whatever the disk's are */
	CLOCK_MOST_S = 30, /* the probe's way here included */
	/* A partition that ends this close to the disk's end has grown to it: the backup
	 * GPT and alignment take the rest. */
	DISK_END_SLACK_BYTES = 2 << 20,
	/* What ext4 and its kin use of a partition for themselves, at most. */
	FILE_SYSTEM_LEAST_PERCENT = 85,
};

static enum check_outcome verdict(bool passed)
{
	return passed ? CHECK_PASSED : CHECK_FAILED;
}

static enum check_outcome check_login(const struct check_input *in, struct strbuf *found)
{
	const char *user = facts_get(in->facts, "user");

	strbuf_addf(found, "as %s, with the launch key", user);
	return verdict(strcmp(user, in->user) == 0);
}

/*
 * ssh has met one of the console's keys, or there would be no login. The guest's own
 * files must hold every one that the console showed, and after a reboot the same ones as
 * before.
 */
static enum check_outcome check_host_key(
	const struct check_input *in, struct strbuf *found)
{
	const struct strv *keys = in->console_keys;
	size_t count = facts_count(in->facts, "host_key");

	for (size_t i = 0; i < keys->count; i++)
		if (!facts_contains(in->facts, "host_key", keys->items[i])) {
			strbuf_addf(found, "the console showed another %.*s",
				(int)strcspn(keys->items[i], " "), keys->items[i]);
			return CHECK_FAILED;
		}
	for (size_t i = 0; in->before && i < count; i++)
		if (!facts_contains(in->before, "host_key",
			    facts_nth(in->facts, "host_key", i))) {
			strbuf_add_str(found, "it changed with the reboot");
			return CHECK_FAILED;
		}
	for (size_t i = 0; i < keys->count; i++)
		strbuf_addf(found, "%s%.*s", i ? ", " : "",
			(int)strcspn(keys->items[i], " "), keys->items[i]);
	strbuf_add_str(found, ", as on the console");
	return verdict(keys->count > 0);
}

static enum check_outcome check_sudo(const struct check_input *in, struct strbuf *found)
{
	bool works = strcmp(facts_get(in->facts, "sudo"), "yes") == 0;

	strbuf_add_str(
		found, works ? "without a password" : "refused without a password");
	return verdict(works);
}

/* Those that are not in the guest's file; a comment does not matter. */
static size_t missing_keys(const struct check_input *in)
{
	size_t missing = 0;

	for (size_t i = 0; i < in->launch_keys->count; i++) {
		const char *line = in->launch_keys->items[i];
		const size_t type = strcspn(line, " ");
		CLEANUP(freep)
		char *key = xstrndup(line, type + 1 + strcspn(line + type + 1, " "));

		missing += !facts_contains(in->facts, "launch_key", key);
	}
	return missing;
}

/* All of them. And whatever puts them there at each boot must not add them again. */
static enum check_outcome check_launch_key(
	const struct check_input *in, struct strbuf *found)
{
	const size_t missing = missing_keys(in);
	uint64_t count = 0, kinds = 0;

	(void)facts_number(in->facts, "key_count", &count);
	(void)facts_number(in->facts, "key_kinds", &kinds);
	strbuf_addf(found, "%llu in authorized_keys%s", (unsigned long long)count,
		count == kinds ? "" : ", some more than once");
	if (missing)
		strbuf_addf(found, "; %zu of the instance's are missing", missing);
	return verdict(count > 0 && count == kinds && !missing);
}

static enum check_outcome check_units(const struct check_input *in, struct strbuf *found)
{
	const char *state = facts_get(in->facts, "state");

	if (!*state)
		return CHECK_SKIPPED;
	strbuf_add_str(found, state);
	if (facts_count(in->facts, "failed_unit")) {
		strbuf_add_str(found, "; failed: ");
		facts_join(in->facts, "failed_unit", found);
	}
	return verdict(
		strcmp(state, "running") == 0 && !facts_count(in->facts, "failed_unit"));
}

/* The partition reaches the disk's end, the disk is the volume, the file system fills it.
 */
static enum check_outcome check_root(const struct check_input *in, struct strbuf *found)
{
	uint64_t blocks, block_bytes, start, sectors, disk, system_bytes;
	char a[16], b[16];

	if (!facts_number(in->facts, "root_blocks", &blocks) ||
		!facts_number(in->facts, "root_block_bytes", &block_bytes) ||
		!facts_number(in->facts, "partition_start_sectors", &start) ||
		!facts_number(in->facts, "partition_sectors", &sectors) ||
		!facts_number(in->facts, "disk_sectors", &disk)) {
		strbuf_add_str(
			found, "the root file system is not on a partition of a disk");
		return CHECK_FAILED;
	}
	if (blocks > UINT64_MAX / 65536 || block_bytes > 65536 ||
		start > UINT64_MAX / 2048 || sectors > UINT64_MAX / 2048 ||
		disk > UINT64_MAX / 2048) {
		strbuf_add_str(found, "impossible numbers");
		return CHECK_FAILED;
	}
	system_bytes = blocks * block_bytes;
	strbuf_addf(found, "%s on a volume of %s", size_format(system_bytes, a),
		size_format(in->volume_bytes, b));
	return verdict(
		disk * SECTOR_BYTES == in->volume_bytes &&
		(start + sectors) * SECTOR_BYTES + DISK_END_SLACK_BYTES >=
			in->volume_bytes &&
		system_bytes / FILE_SYSTEM_LEAST_PERCENT >= sectors * SECTOR_BYTES / 100);
}

/* The full name or its first label, as the distribution likes it. */
static enum check_outcome check_host_name(
	const struct check_input *in, struct strbuf *found)
{
	const char *name = facts_get(in->facts, "host_name");
	size_t label = strcspn(in->host_name, ".");

	strbuf_add_str(found, name);
	return verdict(
		strcmp(name, in->host_name) == 0 ||
		(strlen(name) == label && strncmp(name, in->host_name, label) == 0));
}

static enum check_outcome check_memory(const struct check_input *in, struct strbuf *found)
{
	uint64_t total = 0, used = 0;

	(void)facts_number(in->facts, "memory_kib", &total);
	(void)facts_number(in->facts, "memory_used_kib", &used);
	strbuf_addf(found, "%llu of %llu MiB in use", (unsigned long long)(used / 1024),
		(unsigned long long)(total / 1024));
	return verdict(total > 0 && used <= total);
}

static enum check_outcome check_silent(const struct check_input *in, const char *code_key,
	const char *line_key, struct strbuf *found)
{
	const char *code = facts_get(in->facts, code_key);

	if (!*code)
		return CHECK_SKIPPED;
	if (strcmp(code, "0") == 0 && !facts_count(in->facts, line_key)) {
		strbuf_add_str(found, "silent");
		return CHECK_PASSED;
	}
	strbuf_addf(found, "exit code %s: ", code);
	facts_join(in->facts, line_key, found);
	return CHECK_FAILED;
}

static enum check_outcome check_audit(const struct check_input *in, struct strbuf *found)
{
	return check_silent(in, "dpkg_audit", "dpkg_audit_line", found);
}

static enum check_outcome check_files(const struct check_input *in, struct strbuf *found)
{
	return check_silent(in, "dpkg_verify", "dpkg_verify_line", found);
}

static enum check_outcome check_clock(const struct check_input *in, struct strbuf *found)
{
	uint64_t time = 0, ours = (uint64_t)in->time_s, off;

	(void)facts_number(in->facts, "time", &time);
	off = time > ours ? time - ours : ours - time;
	strbuf_addf(found, "%llu s off", (unsigned long long)off);
	return verdict(off <= CLOCK_MOST_S);
}

static enum check_outcome check_reboot(const struct check_input *in, struct strbuf *found)
{
	const char *id = facts_get(in->facts, "boot_id");

	if (!in->before)
		return CHECK_SKIPPED;
	strbuf_addf(found, "kernel %s again", facts_get(in->facts, "kernel"));
	return verdict(*id && strcmp(id, facts_get(in->before, "boot_id")) != 0);
}

const struct check verify_checks[] = {
	{ "reboot", check_reboot },
	{ "login", check_login },
	{ "host key", check_host_key },
	{ "launch key", check_launch_key },
	{ "sudo", check_sudo },
	{ "units", check_units },
	{ "root size", check_root },
	{ "host name", check_host_name },
	{ "memory", check_memory },
	{ "dpkg --audit", check_audit },
	{ "dpkg --verify", check_files },
	{ "clock", check_clock },
};
const size_t verify_check_count = ARRAY_SIZE(verify_checks);
