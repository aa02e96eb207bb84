/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/wire.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"

static void join(uint8_t *frame, size_t length_bytes, void *userdata)
{
	strbuf_add(userdata, frame, length_bytes);
	strbuf_add_char(userdata, '|');
}

static void frames_survive_any_cutting(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf stream = STRBUF_INIT;

	(void)state;
	wire_add_frame(&stream, "one", 3);
	wire_add_frame(&stream, "", 0);
	wire_add_frame(&stream, "three", 5);
	assert_memory_equal(stream.data, "\0\0\0\3one\0\0\0\0\0\0\0\5three", 20);
	for (size_t piece = 1; piece <= stream.length_bytes; piece++) {
		CLEANUP(strbuf_releasep) struct strbuf received = STRBUF_INIT;
		CLEANUP(strbuf_releasep) struct strbuf frames = STRBUF_INIT;

		for (size_t at = 0; at < stream.length_bytes; at += piece) {
			size_t left = stream.length_bytes - at;

			strbuf_add(
				&received, stream.data + at, left < piece ? left : piece);
			assert_true(wire_take_frames(&received, join, &frames));
		}
		assert_string_equal(frames.data, "one||three|");
		assert_int_equal(received.length_bytes, 0);
	}
}

static void a_frame_that_is_too_long_ends_the_stream(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf received = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf frames = STRBUF_INIT;

	(void)state;
	wire_add_frame(&received, "good", 4);
	strbuf_add(&received, "\0\1\0\1", 4);
	assert_false(wire_take_frames(&received, join, &frames));
	assert_string_equal(frames.data, "good|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_survive_any_cutting),
		cmocka_unit_test(a_frame_that_is_too_long_ends_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
