/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disk/children.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

void children_init(struct children *c, const struct filetree *t)
{
	const uint32_t count = (uint32_t)filetree_count(t);
	CLEANUP(freep) uint32_t *next = xcalloc(count, sizeof(*next));

	c->nodes = xcalloc(count, sizeof(*c->nodes));
	c->first = xcalloc((size_t)count + 1, sizeof(*c->first));
	/* The root, node 0, is its own parent and no entry. */
	for (uint32_t i = 1; i < count; i++)
		c->first[filetree_node(t, i)->parent + 1]++;
	for (uint32_t i = 0; i < count; i++) {
		c->first[i + 1] += c->first[i];
		next[i] = c->first[i];
	}
	for (uint32_t i = 1; i < count; i++)
		c->nodes[next[filetree_node(t, i)->parent]++] = i;
}

void children_release(struct children *c)
{
	free(c->nodes);
	free(c->first);
	*c = (struct children){ 0 };
}
