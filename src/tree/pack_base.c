/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/pack_base.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "tree/pack.h"

void pack_base_release(struct pack_base *b)
{
	free(b->name);
	free(b->contents);
	*b = (struct pack_base){ 0 };
}

static int by_digest(const void *a, const void *b)
{
	const struct pack_base_content *x = a, *y = b;

	return strcmp(x->digest, y->digest);
}

int pack_base_read(int fd, const char *name, const char *path, struct pack_base *ret,
	struct error *err)
{
	CLEANUP(pack_releasep) struct pack p = { 0 };
	struct pack_base b = { 0 };

	if (pack_read(fd, path, &p, err) < 0)
		return -1;
	b.name = xstrdup(name);
	b.contents = xcalloc(filetree_count(p.tree), sizeof(*b.contents));
	for (uint32_t i = 0; i < filetree_count(p.tree); i++) {
		const struct filetree_node *n = filetree_node(p.tree, i);
		struct pack_base_content *to = &b.contents[b.count];

		if (!S_ISREG(n->mode) || n->contents)
			continue;
		memcpy(to->digest, p.digests[i], sizeof(to->digest));
		to->offset_bytes = n->content_offset_bytes;
		b.count++;
	}
	qsort(b.contents, b.count, sizeof(*b.contents), by_digest);
	*ret = b;
	return 0;
}

const struct pack_base_content *pack_base_find(
	const struct pack_base *b, const pack_digest *digest)
{
	struct pack_base_content key = { .offset_bytes = 0 };

	memcpy(key.digest, digest, sizeof(key.digest));
	return b && b->count ? bsearch(&key, b->contents, b->count, sizeof(*b->contents),
				       by_digest)
			     : NULL;
}
