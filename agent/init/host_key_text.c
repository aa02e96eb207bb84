/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/host_key_text.h"

#include "data/base64.h"
#include "data/sha256.h"
#include "rt/string.h"

/* What `ssh-keygen -l` calls the types, and the sizes that are the type's own. */
static const struct kind {
	const char *type;
	const char *name;
	unsigned int bits; /* 0: look into the key */
} kinds[] = {
	{ "ssh-ed25519", "ED25519", 256 },
	{ "ecdsa-sha2-nistp256", "ECDSA", 256 },
	{ "ecdsa-sha2-nistp384", "ECDSA", 384 },
	{ "ecdsa-sha2-nistp521", "ECDSA", 521 },
	{ "ssh-rsa", "RSA", 0 },
};

static const struct kind *find_kind(const char *line, size_t type_length)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].type) == type_length &&
			memcmp(kinds[i].type, line, type_length) == 0)
			return &kinds[i];
	return NULL;
}

/* A string of RFC 4251, 5, at `*at`, which is moved behind it. */
static bool take_string(
	const uint8_t **at, const uint8_t *end, const uint8_t **ret, size_t *ret_length)
{
	size_t length;

	if (end - *at < 4)
		return false;
	length = (size_t)(*at)[0] << 24 | (size_t)(*at)[1] << 16 | (size_t)(*at)[2] << 8 |
		 (*at)[3];
	if ((size_t)(end - *at) - 4 < length)
		return false;
	*ret = *at + 4;
	*ret_length = length;
	*at += 4 + length;
	return true;
}

/* Bits of the modulus: type, exponent and modulus stand in the blob (RFC 4253, 6.6). */
static unsigned int rsa_bits(const uint8_t *blob, size_t bytes)
{
	const uint8_t *at = blob, *end = blob + bytes, *part;
	size_t length;

	for (unsigned int i = 0; i < 3; i++)
		if (!take_string(&at, end, &part, &length))
			return 0;
	while (length && !*part) {
		part++;
		length--;
	}
	if (!length)
		return 0;
	return (unsigned int)(8 * length) - (unsigned int)(__builtin_clz(*part) - 24);
}

bool host_key_fingerprint(const char *public_line, struct text *to)
{
	static uint8_t blob[HOST_KEY_LINE_MOST_BYTES];
	char digest_text[BASE64_ROOM(SHA256_BYTES)];
	uint8_t digest[SHA256_BYTES];
	size_t type = strcspn(public_line, " \n"), length, bytes;
	const struct kind *kind = find_kind(public_line, type);
	const char *base64 = public_line + type + 1, *comment;
	struct sha256 hash;

	if (!kind || public_line[type] != ' ')
		return false;
	length = strcspn(base64, " \n");
	if (base64_decode(base64, length, blob, sizeof(blob), &bytes) != DATA_OK ||
		!bytes)
		return false;
	sha256_init(&hash);
	sha256_add(&hash, blob, bytes);
	sha256_end(&hash, digest);
	(void)base64_encode(digest, sizeof(digest), digest_text, false);
	comment = base64 + length;
	comment += *comment == ' ';
	text_addf(to, "%u SHA256:%s %.*s (%s)",
		kind->bits ? kind->bits : rsa_bits(blob, bytes), digest_text,
		(int)strcspn(comment, "\n"), comment, kind->name);
	return true;
}

void host_key_blocks(const char *const *public_lines, size_t count, struct text *to)
{
	static const char rule[] =
		"ec2: #############################################################\n";
	char line[HOST_KEY_LINE_MOST_BYTES];

	text_add_str(to, "ec2: \n");
	text_add_str(to, rule);
	text_add_str(to, "ec2: -----BEGIN SSH HOST KEY FINGERPRINTS-----\n");
	for (size_t i = 0; i < count; i++) {
		struct text t = TEXT_IN(line);

		if (host_key_fingerprint(public_lines[i], &t))
			text_addf(to, "ec2: %s\n", line);
	}
	text_add_str(to, "ec2: -----END SSH HOST KEY FINGERPRINTS-----\n");
	text_add_str(to, rule);
	text_add_str(to, "-----BEGIN SSH HOST KEY KEYS-----\n");
	for (size_t i = 0; i < count; i++) {
		struct text t = TEXT_IN(line);

		if (host_key_fingerprint(public_lines[i], &t))
			text_addf(to, "%.*s\n", (int)strcspn(public_lines[i], "\n"),
				public_lines[i]);
	}
	text_add_str(to, "-----END SSH HOST KEY KEYS-----\n");
}
