/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "data/base64.h"
#include "data/quoted_printable.h"

/* Mostly RFC 4648, 10. */
static void test_encode(void **state)
{
	static const struct {
		const char *bytes, *padded, *bare;
	} cases[] = {
		{ "", "", "" },
		{ "f", "Zg==", "Zg" },
		{ "fa", "ZmE=", "ZmE" },
		{ "foo", "Zm9v", "Zm9v" },
		{ "foob", "Zm9vYg==", "Zm9vYg" },
		{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
		{ "\xff\xef\xbe", "/+++", "/+++" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t bytes = strlen(cases[i].bytes);
		CLEANUP(freep) char *text = xmalloc(BASE64_ROOM(bytes));

		assert_int_equal(base64_encode(cases[i].bytes, bytes, text, true),
			strlen(cases[i].padded));
		assert_string_equal(text, cases[i].padded);
		assert_int_equal(base64_encode(cases[i].bytes, bytes, text, false),
			strlen(cases[i].bare));
		assert_string_equal(text, cases[i].bare);
	}
}

static void test_decode(void **state)
{
	static const struct {
		const char *text;
		enum data_result result;
		const char *bytes;
	} cases[] = {
		{ "", DATA_OK, "" },
		{ " \r\n", DATA_OK, "" },
		{ "Zg==", DATA_OK, "f" },
		{ "ZmE=", DATA_OK, "fa" },
		{ "Zm9v", DATA_OK, "foo" },
		{ "Zm9vYg==", DATA_OK, "foob" },
		{ "/+++", DATA_OK, "\xff\xef\xbe" },
		{ "Zm\r\n9v\r\nY m\tFy\n", DATA_OK, "foobar" },
		{ "Zg=\n=\n", DATA_OK, "f" },
		{ "Z", DATA_TRUNCATED, NULL },
		{ "Zg", DATA_TRUNCATED, NULL },
		{ "Zm8", DATA_TRUNCATED, NULL },
		{ "Zg=", DATA_TRUNCATED, NULL },
		{ "Zm9vYm", DATA_TRUNCATED, NULL },
		{ "=", DATA_CORRUPT, NULL },
		{ "==", DATA_CORRUPT, NULL },
		{ "====", DATA_CORRUPT, NULL },
		{ "Z=", DATA_CORRUPT, NULL },
		{ "Z===", DATA_CORRUPT, NULL },
		{ "Zm8==", DATA_CORRUPT, NULL },
		{ "Zm9v=", DATA_CORRUPT, NULL },
		{ "Zm9v====", DATA_CORRUPT, NULL },
		{ "Zg==Zg==", DATA_CORRUPT, NULL },
		{ "Zg==x", DATA_CORRUPT, NULL },
		{ "Zm8=Zm8A", DATA_CORRUPT, NULL },
		{ "Zm-_", DATA_CORRUPT, NULL },
		{ "Zm9v!", DATA_CORRUPT, NULL },
		{ "Zm9\xc3", DATA_CORRUPT, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char to[32] = "untouched";
		size_t bytes = 99;

		if (base64_decode(cases[i].text, strlen(cases[i].text), to,
			    sizeof(to) - 1, &bytes) != cases[i].result)
			fail_msg("'%s'", cases[i].text);
		if (!cases[i].bytes) {
			assert_int_equal(bytes, 99);
			continue;
		}
		assert_int_equal(bytes, strlen(cases[i].bytes));
		assert_memory_equal(to, cases[i].bytes, bytes);
	}
}

static void test_room(void **state)
{
	char to[3];
	size_t bytes = 99;

	(void)state;
	assert_int_equal(base64_decode("Zm9v", 4, to, 3, &bytes), DATA_OK);
	assert_int_equal(base64_decode("Zm9v", 4, to, 2, &bytes), DATA_TOO_LARGE);
	assert_int_equal(quoted_printable_decode("foo", 3, to, 3, &bytes), DATA_OK);
	assert_int_equal(
		quoted_printable_decode("foo", 3, to, 2, &bytes), DATA_TOO_LARGE);
	assert_int_equal(
		quoted_printable_decode("=41=41=41", 9, to, 2, &bytes), DATA_TOO_LARGE);
}

static void test_quoted_printable(void **state)
{
	static const struct {
		const char *text, *bytes;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "a=3Db", "a=b" },
		{ "a=3db", "a=b" },
		{ "=41=42=0A", "AB\n" },
		{ "a b=\ncd", "a bcd" },
		{ "a b=\r\ncd", "a bcd" },
		{ "soft = \t\nend", "soft end" },
		{ "hard\r\nend\n", "hard\r\nend\n" },
		{ "blanks \t\nend \r\n", "blanks\nend\r\n" },
		{ "blanks at the end \t", "blanks at the end" },
		{ "kept=20\nend", "kept \nend" },
		{ "a  b\t c", "a  b\t c" },
		{ "x=\n", "x" },
		{ "x=", "x" },
		{ "x = ", "x " },
		{ "a=b", "a=b" },
		{ "a=4", "a=4" },
		{ "a=4g", "a=4g" },
		{ "==41", "=A" },
		{ "= x", "= x" },
		{ "cr\ralone", "cr\ralone" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char to[64] = "";
		size_t bytes = 0;

		assert_int_equal(
			quoted_printable_decode(cases[i].text, strlen(cases[i].text), to,
				sizeof(to) - 1, &bytes),
			DATA_OK);
		to[bytes] = '\0';
		assert_string_equal(to, cases[i].bytes);
	}
}

/* What Python encodes comes back; also with the text's own memory to decode into. */
static void test_against_python(void **state)
{
	static const char script[] =
		"import base64, quopri\n"
		"d = open('data', 'rb').read()\n"
		"open('base64', 'wb').write(base64.encodebytes(d))\n"
		"open('qp', 'wb').write(quopri.encodestring(d))\n"
		"open('text', 'w').write(base64.b64encode(d).decode())\n";
	static uint8_t data[20000];
	CLEANUP(freep) char *said = NULL, *base64 = NULL, *qp = NULL, *text = NULL;
	CLEANUP(freep) char *own = xmalloc(BASE64_ROOM(sizeof(data)));
	size_t length, bytes;

	fill_pattern(data, sizeof(data), 4);
	scratch_write(*state, "data", data, sizeof(data));
	scratch_write(*state, "encode.py", script, strlen(script));
	said = run_in(*state, "python3 encode.py");

	base64 = scratch_read(*state, "base64", &length);
	assert_int_equal(base64_decode(base64, length, base64, length, &bytes), DATA_OK);
	assert_int_equal(bytes, sizeof(data));
	assert_memory_equal(base64, data, sizeof(data));

	qp = scratch_read(*state, "qp", &length);
	assert_int_equal(
		quoted_printable_decode(qp, length, qp, length, &bytes), DATA_OK);
	assert_int_equal(bytes, sizeof(data));
	assert_memory_equal(qp, data, sizeof(data));

	text = scratch_read(*state, "text", &length);
	assert_int_equal(base64_encode(data, sizeof(data), own, true), length);
	assert_string_equal(own, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_encode),
		cmocka_unit_test(test_decode),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_quoted_printable),
		SCRATCH_TEST(test_against_python),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
