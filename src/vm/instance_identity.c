/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/instance_identity.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

const char *vm_arch_name(enum vm_arch arch)
{
	return arch == VM_ARM64 ? "arm64" : "x86_64";
}

/* Draws hexadecimal digits from the random bytes, one byte for each two. */
struct digits {
	const uint8_t *random;
	size_t used_bytes;
};

static void add_hex(struct digits *d, char *to, size_t digits)
{
	for (size_t i = 0; i < digits; i++) {
		uint8_t byte = d->random[d->used_bytes + i / 2];

		to[i] = "0123456789abcdef"[i % 2 ? byte & 15 : byte >> 4];
	}
	to[digits] = '\0';
	d->used_bytes += (digits + 1) / 2;
}

static void make_id(struct digits *d, char *to, const char *prefix)
{
	size_t length = strlen(prefix);

	memcpy(to, prefix, length);
	add_hex(d, to + length, 17);
}

/* A random UUID (RFC 9562, version 4), but for the first three digits. */
static void make_uuid(struct digits *d, char to[37])
{
	char hex[33];

	add_hex(d, hex, 32);
	(void)snprintf(to, 37, "ec2%.5s-%.4s-4%.3s-a%.3s-%.12s", hex, hex + 5, hex + 9,
		hex + 12, hex + 15);
}

/* EC2's private DNS names say the address: "ip-10-0-0-1.ec2.internal". */
static void make_hostname(char *to, size_t room)
{
	char *c;

	(void)snprintf(to, room, "ip-%s", IDENTITY_ADDRESS);
	for (c = to; *c; c++)
		if (*c == '.')
			*c = '-';
	(void)snprintf(c, room - (size_t)(c - to), ".ec2.internal");
}

void instance_identity_init(struct instance_identity *id, enum vm_arch arch,
	const uint8_t random[static IDENTITY_RANDOM_BYTES])
{
	struct digits d = { .random = random };
	char tail[11];

	*id = (struct instance_identity){ .arch = arch };
	id->instance_type = arch == VM_ARM64 ? "t4g.micro" : "t3.micro";
	make_uuid(&d, id->uuid);
	make_id(&d, id->instance_id, "i-");
	make_id(&d, id->image_id, "ami-");
	make_id(&d, id->reservation_id, "r-");
	make_id(&d, id->volume_id, "vol-");
	make_id(&d, id->interface_id, "eni-");
	make_id(&d, id->subnet_id, "subnet-");
	make_id(&d, id->vpc_id, "vpc-");
	make_id(&d, id->security_group_id, "sg-");
	/* Locally administered, unicast. */
	add_hex(&d, tail, 10);
	(void)snprintf(id->mac, sizeof(id->mac), "0e:%.2s:%.2s:%.2s:%.2s:%.2s", tail,
		tail + 2, tail + 4, tail + 6, tail + 8);
	make_hostname(id->hostname, sizeof(id->hostname));
}

int instance_identity_draw(
	struct instance_identity *id, enum vm_arch arch, struct error *err)
{
	uint8_t random[IDENTITY_RANDOM_BYTES];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return error_errno(err, "draw random bytes for the instance's ids");
	instance_identity_init(id, arch, random);
	return 0;
}
