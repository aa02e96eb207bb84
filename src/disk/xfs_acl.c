/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/xfs_acl.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

/* linux/posix_acl_xattr.h: little-endian. */
enum { POSIX_ACL_VERSION = 2, ACL_TAG_USER = 0x02, ACL_TAG_GROUP = 0x08 };

struct posix_header {
	uint32_t version;
};

struct posix_entry {
	uint16_t tag, permissions;
	uint32_t id;
};

/* As in xfs_format.h: big-endian, behind a count of 32 bits. */
struct xfs_entry {
	uint32_t tag, id;
	uint16_t permissions, pad;
};

const char *xfs_acl_name(const char *name)
{
	if (strcmp(name, "system.posix_acl_access") == 0)
		return "SGI_ACL_FILE";
	if (strcmp(name, "system.posix_acl_default") == 0)
		return "SGI_ACL_DEFAULT";
	return NULL;
}

static struct xfs_entry convert_entry(const struct posix_entry *from)
{
	const uint16_t tag = le16toh(from->tag);
	struct xfs_entry to = {
		.tag = htobe32(tag),
		.permissions = htobe16(le16toh(from->permissions)),
	};

	/* Only these two have an id; the others' is "undefined" and not kept. */
	if (tag == ACL_TAG_USER || tag == ACL_TAG_GROUP)
		to.id = htobe32(le32toh(from->id));
	return to;
}

bool xfs_acl_convert(const void *from, size_t from_bytes, void **ret, size_t *ret_bytes)
{
	const uint8_t *bytes = from;
	struct posix_header header;
	uint32_t count;
	uint8_t *to;

	if (from_bytes < sizeof(header) ||
		(from_bytes - sizeof(header)) % sizeof(struct posix_entry) != 0)
		return false;
	memcpy(&header, bytes, sizeof(header));
	if (le32toh(header.version) != POSIX_ACL_VERSION)
		return false;
	bytes += sizeof(header);
	count = (uint32_t)((from_bytes - sizeof(header)) / sizeof(struct posix_entry));
	*ret_bytes = sizeof(count) + count * sizeof(struct xfs_entry);
	*ret = to = xcalloc(1, *ret_bytes);
	memcpy(to, &(uint32_t){ htobe32(count) }, sizeof(count));
	to += sizeof(count);
	for (uint32_t i = 0; i < count; i++) {
		struct posix_entry entry;
		struct xfs_entry converted;

		memcpy(&entry, bytes + i * sizeof(entry), sizeof(entry));
		converted = convert_entry(&entry);
		memcpy(to + i * sizeof(converted), &converted, sizeof(converted));
	}
	return true;
}
