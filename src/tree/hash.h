/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 (FIPS 180-4) of files and of bytes, as lower-case hexadecimal digits.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { SHA256_BYTES = 32, SHA256_HEX_CHARS = 64, SHA256_BASE64_CHARS = 44 };

/* From the descriptor's position to its end. ret_bytes (what was read) may be NULL. */
int hash_fd(int fd, const char *what, char ret_hex[static SHA256_HEX_CHARS + 1],
	uint64_t *ret_bytes, struct error *err);

/* Of `length_bytes` from `offset_bytes` on; ERR_FORMAT when the file ends before. */
int hash_fd_range(int fd, const char *what, uint64_t offset_bytes, uint64_t length_bytes,
	char ret_hex[static SHA256_HEX_CHARS + 1], struct error *err);

/* The same, and what is read goes to `to_fd`, from `to_offset_bytes` on. */
int hash_fd_copy(int fd, const char *what, uint64_t offset_bytes, uint64_t length_bytes,
	int to_fd, uint64_t to_offset_bytes, char ret_hex[static SHA256_HEX_CHARS + 1],
	struct error *err);

/* Of the file `path`; a symbolic link as its last component is refused. */
int hash_file(const char *path, char ret_hex[static SHA256_HEX_CHARS + 1],
	uint64_t *ret_bytes, struct error *err);

/* The same, links followed: for files of this machine's own. */
int hash_file_followed(
	const char *path, char ret_hex[static SHA256_HEX_CHARS + 1], struct error *err);

void hash_bytes(const void *bytes, size_t length_bytes,
	char ret_hex[static SHA256_HEX_CHARS + 1]);

/* Piece by piece: hash_new(), hash_add(), then hash_end() starts anew; hash_free(). */
struct hash;
struct hash *hash_new(void);
void hash_add(struct hash *h, const void *bytes, size_t length_bytes);
void hash_end(struct hash *h, uint8_t ret_digest[static SHA256_BYTES]);
struct hash *hash_free(struct hash *h);
static inline void hash_freep(struct hash **h)
{
	*h = hash_free(*h);
}

void hash_format_hex(const uint8_t digest[static SHA256_BYTES],
	char ret_hex[static SHA256_HEX_CHARS + 1]);
/* RFC 4648. */
void hash_format_base64(const uint8_t digest[static SHA256_BYTES],
	char ret_text[static SHA256_BASE64_CHARS + 1]);
