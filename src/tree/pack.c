/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index is a row of NUL-terminated strings: the base's name, how many are `about` the
 * tree, these, and for each node its path, its numbers, what the type wants (a file's
 * digest, a link's target), and for each attribute name and value, this in hexadecimal.
 * Behind it:
 *
 *	amiwright tree 2 0000000000123456 <SHA-256 of the index>\n
 */
#include "tree/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strbuf.h"

#define MAGIC "amiwright tree 2 "

enum {
	SIZE_DIGITS = 16,
	TRAILER_BYTES = sizeof(MAGIC) - 1 + SIZE_DIGITS + 1 + SHA256_HEX_CHARS + 1,
	INDEX_MOST_BYTES = 32 << 20,
	XATTR_MOST_BYTES = 65536, /* XATTR_SIZE_MAX */
	PART_OF_FREE = 4,
	CONTENTS_OF_BASE = 1, /* the first that are added to the tree's own */
};

/* In this order in a node's numbers. */
enum number {
	MODE,
	UID,
	GID,
	MTIME_S,
	MTIME_NS,
	SIZE,
	IN_BASE,
	OFFSET,
	SPARSE,
	MAJOR,
	MINOR,
	LINK_KEY_0,
	LINK_KEY_1,
	XATTRS,
	NUMBERS
};

uint64_t *pack_offsets(const struct filetree *tree, const pack_digest *digests,
	const struct pack_base *base, uint64_t *ret_bytes)
{
	const size_t count = filetree_count(tree);
	uint64_t *offsets = xcalloc(count, sizeof(*offsets));
	uint64_t at = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct filetree_node *n = filetree_node(tree, i);

		if (!S_ISREG(n->mode))
			continue;
		if (n->hard_link_of != FILETREE_NO_NODE) {
			offsets[i] = offsets[n->hard_link_of];
			continue;
		}
		if (base && pack_base_find(base, &digests[i])) {
			offsets[i] = HASH_TREE_NOT_COPIED;
			continue;
		}
		offsets[i] = at;
		at += n->size_bytes;
	}
	*ret_bytes = at;
	return offsets;
}

bool pack_has_room(const char *dir, uint64_t bytes, uint64_t most_bytes)
{
	struct statvfs st;

	return statvfs(dir, &st) == 0 && bytes <= most_bytes &&
	       bytes <= (uint64_t)st.f_bavail * st.f_frsize / PART_OF_FREE;
}

/* ---- writing */

static void add_field(struct strbuf *to, const char *text)
{
	strbuf_add(to, text, strlen(text) + 1);
}

static void add_numbers(struct strbuf *to, const struct filetree_node *n,
	uint64_t offset_bytes, const struct pack_base_content *in_base)
{
	const uint64_t numbers[NUMBERS] = {
		[MODE] = n->mode,
		[UID] = n->uid,
		[GID] = n->gid,
		[MTIME_S] = (uint64_t)n->mtime_s,
		[MTIME_NS] = n->mtime_ns,
		[SIZE] = n->size_bytes,
		[IN_BASE] = in_base != NULL,
		[OFFSET] = in_base ? in_base->offset_bytes : offset_bytes,
		[SPARSE] = n->sparse,
		[MAJOR] = n->device_major,
		[MINOR] = n->device_minor,
		[LINK_KEY_0] = n->link_key[0],
		[LINK_KEY_1] = n->link_key[1],
		[XATTRS] = n->xattr_count,
	};

	for (size_t i = 0; i < NUMBERS; i++)
		strbuf_addf(to, "%s%" PRIx64, i ? " " : "", numbers[i]);
	strbuf_add_char(to, '\0');
}

static void add_node(struct strbuf *to, const struct filetree_node *n,
	uint64_t offset_bytes, const pack_digest *digest, const struct pack_base *base)
{
	add_field(to, n->path);
	add_numbers(to, n, offset_bytes,
		offset_bytes == HASH_TREE_NOT_COPIED ? pack_base_find(base, digest)
						     : NULL);
	add_field(to, S_ISREG(n->mode) ? *digest : n->target ? n->target : "");
	for (size_t i = 0; i < n->xattr_count; i++) {
		const struct filetree_xattr *x = &n->xattrs[i];
		const unsigned char *value = x->value;

		add_field(to, x->name);
		for (size_t k = 0; k < x->length_bytes; k++)
			strbuf_addf(to, "%02x", value[k]);
		strbuf_add_char(to, '\0');
	}
}

int pack_finish(int fd, const struct filetree *tree, const pack_digest *digests,
	const struct pack_base *base, const struct strv *about, const char *what,
	struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf index = STRBUF_INIT;
	CLEANUP(freep) uint64_t *offsets = NULL;
	pack_digest digest;
	uint64_t end_bytes;
	size_t bytes;

	offsets = pack_offsets(tree, digests, base, &end_bytes);
	add_field(&index, base && base->name ? base->name : "");
	strbuf_addf(&index, "%zx", about->count);
	strbuf_add_char(&index, '\0');
	for (size_t i = 0; i < about->count; i++)
		add_field(&index, about->items[i]);
	for (uint32_t i = 0; i < filetree_count(tree); i++)
		add_node(&index, filetree_node(tree, i), offsets[i], &digests[i], base);
	bytes = index.length_bytes;
	if (bytes > INDEX_MOST_BYTES)
		return error_set(
			err, ERR_FORMAT, 0, "'%s': the tree has too many files", what);
	hash_bytes(index.data, bytes, digest);
	strbuf_addf(&index, MAGIC "%0*zx %s\n", SIZE_DIGITS, bytes, digest);
	return fd_pwrite_all(fd, index.data, index.length_bytes, end_bytes, what, err);
}

/* ---- reading */

void pack_release(struct pack *p)
{
	filetree_free(p->tree);
	free(p->digests);
	strv_release(&p->about);
	free(p->base_path);
	*p = (struct pack){ 0 };
}

static int broken(const char *what, struct error *err)
{
	return error_set(err, ERR_FORMAT, 0, "'%s' is not a whole tree", what);
}

/* What is left of an index. */
struct fields {
	const char *at, *end;
};

static const char *next_field(struct fields *f)
{
	const char *field = f->at;
	const char *nul =
		field < f->end ? memchr(field, '\0', (size_t)(f->end - field)) : NULL;

	if (!nul)
		return NULL;
	f->at = nul + 1;
	return field;
}

/* `count` numbers with a space between each two, and nothing more. */
static bool parse_numbers(const char *text, uint64_t *ret, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const size_t digits = text ? strspn(text, "0123456789abcdef") : 0;
		char *end;

		if (digits == 0 || digits > SIZE_DIGITS)
			return false;
		ret[i] = strtoull(text, &end, 16);
		if (*end != (i + 1 < count ? ' ' : '\0'))
			return false;
		text = end + 1;
	}
	return true;
}

static bool is_digest(const char *text)
{
	return strlen(text) == SHA256_HEX_CHARS &&
	       strspn(text, "0123456789abcdef") == SHA256_HEX_CHARS;
}

/* How long the pack's own contents are together, and the base's file. */
struct extents {
	uint64_t here_bytes, base_bytes;
};

static bool are_sane(const uint64_t *n, const struct extents *extents)
{
	const uint64_t contents_bytes =
		n[IN_BASE] ? extents->base_bytes : extents->here_bytes;
	const mode_t type = n[MODE] & S_IFMT;

	if (n[MODE] > (S_IFMT | 07777) || n[UID] > UINT32_MAX || n[GID] > UINT32_MAX ||
		n[MTIME_NS] >= 1000000000 || n[SPARSE] > 1 || n[IN_BASE] > 1 ||
		n[MAJOR] > UINT32_MAX || n[MINOR] > UINT32_MAX ||
		n[XATTRS] > XATTR_MOST_BYTES)
		return false;
	if (type == S_IFREG)
		return n[OFFSET] <= contents_bytes &&
		       n[SIZE] <= contents_bytes - n[OFFSET];
	return !n[SIZE] &&
	       (type == S_IFDIR || type == S_IFLNK || type == S_IFCHR ||
		       type == S_IFBLK || type == S_IFIFO || type == S_IFSOCK);
}

static bool take_value(const char *hex, struct filetree_xattr *to)
{
	const size_t digits = strlen(hex);
	unsigned char *value;

	if (digits % 2 || digits / 2 > XATTR_MOST_BYTES ||
		strspn(hex, "0123456789abcdef") != digits)
		return false;
	value = xmalloc(digits / 2 + 1);
	for (size_t i = 0; i < digits; i += 2) {
		const char pair[] = { hex[i], hex[i + 1], '\0' };

		value[i / 2] = (unsigned char)strtoul(pair, NULL, 16);
	}
	to->value = value;
	to->length_bytes = digits / 2;
	return true;
}

static bool take_xattrs(struct fields *f, size_t count, struct filetree_node *n)
{
	size_t room = 0;

	while (n->xattr_count < count) {
		const char *name = next_field(f);
		const char *value = next_field(f);
		struct filetree_xattr x = { 0 };

		if (!name || !*name || !value || !take_value(value, &x))
			return false;
		x.name = xstrdup(name);
		array_reserve_one((void **)&n->xattrs, n->xattr_count, &room, sizeof(x));
		n->xattrs[n->xattr_count++] = x;
	}
	return true;
}

static bool take_node(struct fields *f, const struct extents *extents,
	struct filetree_node *n, const char **ret_digest)
{
	const char *path = next_field(f);
	const char *text = next_field(f);
	const char *more = next_field(f);
	uint64_t numbers[NUMBERS];

	if (!path || !text || !more || !parse_numbers(text, numbers, NUMBERS) ||
		!are_sane(numbers, extents))
		return false;
	n->path = xstrdup(path);
	n->mode = (mode_t)numbers[MODE];
	n->uid = (uid_t)numbers[UID];
	n->gid = (gid_t)numbers[GID];
	n->mtime_s = (int64_t)numbers[MTIME_S];
	n->mtime_ns = (uint32_t)numbers[MTIME_NS];
	n->size_bytes = numbers[SIZE];
	n->contents = numbers[IN_BASE] ? CONTENTS_OF_BASE : 0;
	n->content_offset_bytes = numbers[OFFSET];
	n->sparse = numbers[SPARSE];
	n->device_major = (uint32_t)numbers[MAJOR];
	n->device_minor = (uint32_t)numbers[MINOR];
	n->link_key[0] = numbers[LINK_KEY_0];
	n->link_key[1] = numbers[LINK_KEY_1];
	if (S_ISLNK(n->mode))
		n->target = xstrdup(more);
	*ret_digest = more;
	return (!S_ISREG(n->mode) || is_digest(more)) &&
	       take_xattrs(f, numbers[XATTRS], n);
}

static bool take_about(struct fields *f, struct strv *to)
{
	const char *text = next_field(f);
	uint64_t count;

	if (!text || !parse_numbers(text, &count, 1))
		return false;
	while (to->count < count) {
		const char *field = next_field(f);

		if (!field)
			return false;
		strv_add(to, field);
	}
	return true;
}

/* "" is none. A damaged name may lead to anything. */
static int open_base(const char *name, const char *path, struct pack *p,
	struct extents *extents, struct error *err)
{
	CLEANUP(freep) char *dir = path_dirname(path);
	CLEANUP(fd_closep) int fd = -1;
	struct stat st;

	if (!*name)
		return 0;
	p->base_path = path_join(dir, name);
	fd = open(p->base_path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_errno(
			err, "open '%s', which '%s' refers to", p->base_path, path);
	if (!S_ISREG(st.st_mode))
		return broken(path, err);
	extents->base_bytes = (uint64_t)st.st_size;
	(void)filetree_add_contents(p->tree, TAKE_FD(fd)); /* CONTENTS_OF_BASE */
	return 0;
}

/* Nodes stand in the order of a sealed tree, so the digests do too. */
static int parse(const char *index, size_t length_bytes, uint64_t contents_bytes,
	const char *what, struct pack *p, struct error *err)
{
	struct fields f = { index, index + length_bytes };
	struct extents extents = { .here_bytes = contents_bytes };
	const char *base = next_field(&f);
	size_t count = 0, room = 0;

	if (!base)
		return broken(what, err);
	if (open_base(base, what, p, &extents, err) < 0)
		return -1;
	if (!take_about(&f, &p->about))
		return broken(what, err);
	while (f.at < f.end) {
		CLEANUP(filetree_node_release) struct filetree_node n = { 0 };
		const char *digest;

		if (!take_node(&f, &extents, &n, &digest))
			return broken(what, err);
		array_reserve_one(
			(void **)&p->digests, count, &room, sizeof(*p->digests));
		memset(p->digests[count], 0, sizeof(*p->digests));
		if (S_ISREG(n.mode))
			memcpy(p->digests[count], digest, sizeof(*p->digests));
		count++;
		filetree_add(p->tree, &n);
	}
	for (uint32_t i = 1; i < filetree_count(p->tree); i++)
		if (filetree_compare_paths(filetree_node(p->tree, i - 1)->path,
			    filetree_node(p->tree, i)->path) >= 0)
			return broken(what, err);
	if (filetree_seal(p->tree, err) < 0)
		return -1;
	/* A root of its own would have pushed all the others aside. */
	return filetree_count(p->tree) == count ? 0 : broken(what, err);
}

/* The whole index, which the caller frees; NULL: an error. */
static char *read_index(int fd, const char *what, size_t *ret_length,
	uint64_t *ret_contents_bytes, struct error *err)
{
	char trailer[TRAILER_BYTES + 1] = "";
	const char *size = trailer + strlen(MAGIC), *wanted = size + SIZE_DIGITS + 1;
	CLEANUP(freep) char *index = NULL;
	pack_digest digest;
	struct stat st;
	uint64_t bytes;
	size_t got;

	if (fstat(fd, &st) < 0) {
		(void)error_errno(err, "look at '%s'", what);
		return NULL;
	}
	if (!S_ISREG(st.st_mode) || st.st_size < TRAILER_BYTES)
		goto damaged;
	*ret_contents_bytes = (uint64_t)st.st_size - TRAILER_BYTES;
	if (fd_pread(fd, trailer, TRAILER_BYTES, *ret_contents_bytes, &got, what, err) <
		0)
		return NULL;
	if (got != TRAILER_BYTES || memcmp(trailer, MAGIC, strlen(MAGIC)) != 0 ||
		trailer[TRAILER_BYTES - 1] != '\n' || size[SIZE_DIGITS] != ' ')
		goto damaged;
	trailer[TRAILER_BYTES - 1] = '\0';
	trailer[strlen(MAGIC) + SIZE_DIGITS] = '\0';
	if (!parse_numbers(size, &bytes, 1) || bytes > INDEX_MOST_BYTES ||
		bytes > *ret_contents_bytes)
		goto damaged;
	*ret_contents_bytes -= bytes;
	index = xmalloc(bytes + 1);
	if (fd_pread(fd, index, bytes, *ret_contents_bytes, &got, what, err) < 0)
		return NULL;
	hash_bytes(index, got, digest);
	if (got != bytes || strcmp(digest, wanted) != 0)
		goto damaged;
	*ret_length = bytes;
	return TAKE_PTR(index);
damaged:
	(void)broken(what, err);
	return NULL;
}

int pack_read(int fd, const char *path, struct pack *ret, struct error *err)
{
	CLEANUP(pack_releasep) struct pack p = { 0 };
	CLEANUP(freep) char *index = NULL;
	uint64_t contents_bytes;
	size_t length;
	int content_fd;

	index = read_index(fd, path, &length, &contents_bytes, err);
	if (!index)
		return -1;
	content_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (content_fd < 0)
		return error_errno(err, "open '%s'", path);
	p.tree = filetree_new(content_fd, false);
	if (parse(index, length, contents_bytes, path, &p, err) < 0)
		return -1;
	*ret = p;
	p = (struct pack){ 0 };
	return 0;
}
