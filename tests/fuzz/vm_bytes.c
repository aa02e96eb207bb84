/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small readers of foreign bytes in vm, chosen by the first byte: frames of a wire,
 * the hop limit in a frame, frames of IPv6, messages of QEMU's monitor, heads of disk
 * images.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "vm/hop_limit.h"
#include "vm/imds_ipv6.h"
#include "vm/qmp_message.h"
#include "vm/vm_image.h"
#include "vm/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void count_frame(uint8_t *frame, size_t length_bytes, void *userdata)
{
	size_t *total = userdata;

	(void)hop_limit_apply(frame, length_bytes, 1);
	*total += 4 + length_bytes;
}

static void fuzz_wire(const uint8_t *data, size_t size)
{
	CLEANUP(strbuf_releasep) struct strbuf received = STRBUF_INIT;
	size_t total = 0;

	strbuf_add(&received, data, size);
	(void)wire_take_frames(&received, count_frame, &total);
	check(total + received.length_bytes == size);
}

/* Only the time to live and the checksum may change. */
static void fuzz_hop_limit(const uint8_t *data, size_t size)
{
	CLEANUP(freep) uint8_t *frame = xmemdup(data, size);
	bool applied = hop_limit_apply(frame, size, 1);

	check(applied || memcmp(frame, data, size) == 0);
	for (size_t i = 0; i < size; i++)
		check(frame[i] == data[i] || i == 22 || i == 24 || i == 25);
}

static void fuzz_ipv6(const uint8_t *data, size_t size)
{
	struct imds_ipv6 m = { 0 };
	struct imds_ipv6_frame out, back;

	switch (imds_ipv6_from_guest(&m, data, size, &out)) {
	case IMDS_IPV6_TO_STACK:
		imds_ipv6_announce(data, &back);
		check(out.length_bytes <= size && m.next == 1);
		break;
	case IMDS_IPV6_TO_GUEST:
		check(out.length_bytes == 86 && m.next == 0);
		break;
	default:
		check(m.next == 0);
	}
	if (imds_ipv6_from_stack(&m, data, size, &back))
		check(back.length_bytes == 0 ||
			(m.next == 1 && back.length_bytes <= sizeof(back.bytes)));
}

static void fuzz_qmp(const uint8_t *data, size_t size)
{
	struct qmp_message m = { .id = 77 };
	struct error err = ERROR_INIT;

	if (qmp_message_parse((const char *)data, size, &m, &err) < 0)
		check(m.id == 77 && err.code == ERR_FORMAT);
	else
		check(memchr(m.text, '\0', sizeof(m.text)));
}

static void fuzz_image(const uint8_t *data, size_t size)
{
	struct vm_image image;
	struct error err = ERROR_INIT;

	if (vm_image_parse(data, size, size, &image, &err) == 0)
		check(image.virtual_bytes >= 512 && image.virtual_bytes <= UINT64_C(64)
										   << 40);
	else
		check(err.code == ERR_FORMAT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(const uint8_t *, size_t) = { fuzz_wire,
		fuzz_hop_limit, fuzz_qmp, fuzz_image, fuzz_ipv6 };

	if (size > 0)
		targets[data[0] % ARRAY_SIZE(targets)](data + 1, size - 1);
	return 0;
}
