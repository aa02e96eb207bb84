/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "distro/debian/inputs.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "distro/debian/keyring.h"
#include "distro/debian/lists.h"
#include "distro/debian/lists_check.h"
#include "distro/debian/suite.h"
#include "distro/foreign.h"
#include "tree/hash.h"

static int add_lists(struct apt *apt, struct strbuf *to, struct error *err)
{
	CLEANUP(freep) char *lists = lists_dir(apt);
	int64_t epoch_s;

	/* SOURCE_DATE_EPOCH is in this date. */
	if (debian_lists_date(lists, &epoch_s, err) < 0)
		return -1;
	strbuf_addf(to, "date %" PRId64 "\n", epoch_s);
	return lists_describe(lists, to, err);
}

static void add_emulator(const struct distro_spec *spec, struct strbuf *to)
{
	foreign_describe(debian_arch_find(spec->arch)->qemu_name, to);
}

void debian_maker_format(const struct distro_spec *spec, struct strbuf *to)
{
	strbuf_addf(to, "%s\narch %s\n", spec->maker, spec->arch);
	add_emulator(spec, to);
}

int debian_inputs_format(const struct distro_spec *spec, struct apt *apt,
	const char *sources, struct strbuf *to, struct error *err)
{
	char sources_hex[SHA256_HEX_CHARS + 1], keys_hex[SHA256_HEX_CHARS + 1];
	CLEANUP(freep) char *version = NULL;
	const char *keyring;

	if (apt_version(apt, &version, err) < 0 ||
		debian_keyring_find(spec, &keyring, err) < 0 ||
		hash_file_followed(keyring, keys_hex, err) < 0)
		return -1;
	hash_bytes(sources, strlen(sources), sources_hex);
	strbuf_addf(to, "tool %s\nkeys %s\nsources %s\n", version, keys_hex, sources_hex);
	add_emulator(spec, to);
	return spec->lock ? 0 : add_lists(apt, to, err);
}
