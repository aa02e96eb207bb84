/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree/hash.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fd.h"

enum { CHUNK_BYTES = 1 << 18 };

static void md_ctx_freep(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

/* OpenSSL's digest calls fail only for want of memory or of the algorithm itself. */
static void or_abort(int ok)
{
	if (ok != 1) {
		(void)fputs(
			"amiwright: SHA-256 is not available in this OpenSSL\n", stderr);
		abort();
	}
}

static EVP_MD_CTX *start(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	or_abort(ctx != NULL);
	or_abort(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL));
	return ctx;
}

static void end(EVP_MD_CTX *ctx, uint8_t digest[static SHA256_BYTES])
{
	unsigned int bytes = 0;

	or_abort(EVP_DigestFinal_ex(ctx, digest, &bytes));
	or_abort(bytes == SHA256_BYTES);
}

void hash_format_hex(const uint8_t digest[static SHA256_BYTES],
	char ret_hex[static SHA256_HEX_CHARS + 1])
{
	for (size_t i = 0; i < SHA256_BYTES; i++)
		(void)snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}

void hash_format_base64(const uint8_t digest[static SHA256_BYTES],
	char ret_text[static SHA256_BASE64_CHARS + 1])
{
	(void)EVP_EncodeBlock((unsigned char *)ret_text, digest, SHA256_BYTES);
}

static void finish(EVP_MD_CTX *ctx, char hex[static SHA256_HEX_CHARS + 1])
{
	uint8_t digest[SHA256_BYTES];

	end(ctx, digest);
	hash_format_hex(digest, hex);
}

struct hash {
	EVP_MD_CTX *ctx;
};

struct hash *hash_new(void)
{
	struct hash *h = xcalloc(1, sizeof(*h));

	h->ctx = start();
	return h;
}

void hash_add(struct hash *h, const void *bytes, size_t length_bytes)
{
	or_abort(EVP_DigestUpdate(h->ctx, bytes, length_bytes));
}

void hash_end(struct hash *h, uint8_t ret_digest[static SHA256_BYTES])
{
	end(h->ctx, ret_digest);
	or_abort(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
}

struct hash *hash_free(struct hash *h)
{
	if (h)
		EVP_MD_CTX_free(h->ctx);
	free(h);
	return NULL;
}

int hash_fd(int fd, const char *what, char ret_hex[static SHA256_HEX_CHARS + 1],
	uint64_t *ret_bytes, struct error *err)
{
	CLEANUP(md_ctx_freep) EVP_MD_CTX *ctx = start();
	CLEANUP(freep) unsigned char *chunk = xmalloc_pages(CHUNK_BYTES);
	uint64_t total = 0;
	size_t n;

	do {
		if (fd_read(fd, chunk, CHUNK_BYTES, &n, what, err) < 0)
			return -1;
		or_abort(EVP_DigestUpdate(ctx, chunk, n));
		total += n;
	} while (n == CHUNK_BYTES);
	finish(ctx, ret_hex);
	if (ret_bytes)
		*ret_bytes = total;
	return 0;
}

int hash_fd_copy(int fd, const char *what, uint64_t offset_bytes, uint64_t length_bytes,
	int to_fd, uint64_t to_offset_bytes, char ret_hex[static SHA256_HEX_CHARS + 1],
	struct error *err)
{
	CLEANUP(md_ctx_freep) EVP_MD_CTX *ctx = start();
	CLEANUP(freep) unsigned char *chunk = xmalloc_pages(CHUNK_BYTES);
	size_t n;

	while (length_bytes) {
		size_t want =
			length_bytes < CHUNK_BYTES ? (size_t)length_bytes : CHUNK_BYTES;

		if (fd_pread(fd, chunk, want, offset_bytes, &n, what, err) < 0)
			return -1;
		if (n < want)
			return error_set(err, ERR_FORMAT, 0,
				"'%s' ends %llu bytes too early", what,
				(unsigned long long)(length_bytes - n));
		or_abort(EVP_DigestUpdate(ctx, chunk, n));
		if (to_fd >= 0 &&
			fd_pwrite_all(to_fd, chunk, n, to_offset_bytes, what, err) < 0)
			return -1;
		offset_bytes += n;
		to_offset_bytes += n;
		length_bytes -= n;
	}
	finish(ctx, ret_hex);
	return 0;
}

int hash_fd_range(int fd, const char *what, uint64_t offset_bytes, uint64_t length_bytes,
	char ret_hex[static SHA256_HEX_CHARS + 1], struct error *err)
{
	return hash_fd_copy(fd, what, offset_bytes, length_bytes, -1, 0, ret_hex, err);
}

int hash_file(const char *path, char ret_hex[static SHA256_HEX_CHARS + 1],
	uint64_t *ret_bytes, struct error *err)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	return hash_fd(fd, path, ret_hex, ret_bytes, err);
}

int hash_file_followed(
	const char *path, char ret_hex[static SHA256_HEX_CHARS + 1], struct error *err)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(err, "open '%s'", path);
	return hash_fd(fd, path, ret_hex, NULL, err);
}

void hash_bytes(
	const void *bytes, size_t length_bytes, char ret_hex[static SHA256_HEX_CHARS + 1])
{
	CLEANUP(md_ctx_freep) EVP_MD_CTX *ctx = start();

	or_abort(EVP_DigestUpdate(ctx, bytes, length_bytes));
	finish(ctx, ret_hex);
}
