/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "data/mime.h"

/* All parts in the form of mime_oracle.py; an error's number after them. */
static char *dump(const char *message, size_t length_bytes)
{
	CLEANUP(strbuf_releasep) struct strbuf out = STRBUF_INIT;
	CLEANUP(freep) char *body = xmalloc(length_bytes + 1);
	struct mime_reader r;
	struct mime_part p;
	enum data_result result;
	bool found;

	mime_reader_init(&r, message, length_bytes);
	while ((result = mime_next(&r, &p, &found)) == DATA_OK && found) {
		size_t bytes;

		result = mime_body_decode(&p, body, length_bytes, &bytes);
		if (result != DATA_OK) {
			strbuf_addf(&out, "body: %d\n", result);
			continue;
		}
		strbuf_addf(&out, "%s\n%s\n%zu\n", p.type, p.name, bytes);
		strbuf_add(&out, body, bytes);
		strbuf_add_str(&out, "\n");
		if (p.cut)
			strbuf_add_str(&out, "(cut)\n");
	}
	if (result != DATA_OK)
		strbuf_addf(&out, "error: %d\n", result);
	return xstrdup(out.length_bytes > 0 ? out.data : "");
}

#define SCRIPT "#!/bin/sh\necho ok\n"

/* As people and other programs write them; Python reads the same of each. */
static const char *const by_hand[] = {
	/* The documentation of AWS. */
	"Content-Type: multipart/mixed; boundary=\"//\"\nMIME-Version: 1.0\n\n--//\n"
	"Content-Type: text/x-shellscript; charset=\"us-ascii\"\nMIME-Version: 1.0\n"
	"Content-Transfer-Encoding: 7bit\n"
	"Content-Disposition: attachment; filename=\"userdata.txt\"\n\n" SCRIPT
	"--//--\n",
	/* Terraform's cloudinit_config. */
	"Content-Type: multipart/mixed; boundary=\"MIMEBOUNDARY\"\nMIME-Version: "
	"1.0\r\n\r\n"
	"--MIMEBOUNDARY\r\nContent-Disposition: attachment; filename=\"a.sh\"\r\n"
	"Content-Transfer-Encoding: base64\r\nContent-Type: text/x-shellscript\r\n"
	"Mime-Version: 1.0\r\n\r\nIyEvYmluL3NoCmVjaG8gb2sK\r\n--MIMEBOUNDARY--\r\n",
	/* Folding, case, parameters without quotes, a preamble, an epilogue. */
	"mime-version: 1.0 (by hand)\nCONTENT-TYPE: Multipart/Mixed;\n\tcharset=utf-8;\n"
	"  BOUNDARY=a=b/c\n\npreamble\n--a=b/c x\n--a=b/c  \ncontent-type:\n"
	"  Text/X-ShellScript ;\n  name=x.sh\n\n" SCRIPT
	"--a=b/cc\n--a=b/c--\nepilogue\n--a=b/c\n\nno part\n",
	/* No fields in the part. */
	"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n" SCRIPT
	"\n--b\n\n--b\n\n\n--b--",
	/* No empty line behind the fields, or no fields and no empty line. */
	"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
	"Content-Type: text/x-shellscript\n" SCRIPT "--b\n" SCRIPT "--b--",
	/* A field twice: the first counts. */
	"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n"
	"Content-Type: text/plain\n\n--b\nContent-Type: text/x-one\n"
	"Content-Type: text/x-two\nContent-Transfer-Encoding: 8bit\n"
	"Content-Transfer-Encoding: base64\n\nabcd\n--b--\n",
	/* The inner boundary starts with the outer one. */
	"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
	"Content-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bb\n\ntwo\n--bb--\n"
	"--b\n\nthree\n--b--\n",
	/* Not multipart at all. */
	"MIME-Version: 1.0\nContent-Type: text/x-shellscript\n\n" SCRIPT,
};

static void assert_like_python(const char *dir, const char *name)
{
	CLEANUP(freep) char *message_name = xasprintf("message-%s", name);
	CLEANUP(freep) char *parts_name = xasprintf("parts-%s", name);
	CLEANUP(freep) char *message = NULL, *parts = NULL, *ours = NULL;
	size_t length;

	message = scratch_read(dir, message_name, &length);
	assert_true(mime_is(message, length));
	ours = dump(message, length);
	parts = scratch_read(dir, parts_name, NULL);
	assert_string_equal(ours, parts);
}

static void test_like_python(void **state)
{
	static const char *const made[] = { "plain", "crlf", "mailbox", "quoted",
		"nested", "boundary", "alone" };
	CLEANUP(freep) char *said = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(by_hand); i++) {
		CLEANUP(freep) char *name = xasprintf("message-%zu", i);

		scratch_write(*state, name, by_hand[i], strlen(by_hand[i]));
	}
	said = run_in(*state, "python3 " MIME_ORACLE);
	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		assert_like_python(*state, made[i]);
	for (size_t i = 0; i < ARRAY_SIZE(by_hand); i++) {
		CLEANUP(freep) char *name = xasprintf("%zu", i);

		assert_like_python(*state, name);
	}
}

#define MULTIPART "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"

/* Where Python guesses, we do not; nor do we lose what is there. */
static void test_lies(void **state)
{
	static const struct {
		const char *message, *parts;
	} cases[] = {
		{ MULTIPART "--b\n\none\n", "text/plain\n\n4\none\n\n(cut)\n" },
		{ MULTIPART "--b\n\none\n--b\n",
			"text/plain\n\n3\none\ntext/plain\n\n0\n\n(cut)\n" },
		{ MULTIPART
			"--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n"
			"--b\n\ntwo\n--b--\n",
			"text/plain\n\n3\none\n(cut)\ntext/plain\n\n3\ntwo\n" },
		{ MULTIPART "--b--\n", "error: 2\n" },
		{ MULTIPART "no boundary\n", "error: 2\n" },
		{ MULTIPART, "error: 2\n" },
		{ "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n", "error: 2\n" },
		{ "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\none\n",
			"error: 2\n" },
		{ MULTIPART "--b\nContent-Transfer-Encoding: base64\n\nYQ=\n--b--",
			"body: 1\n" },
		{ MULTIPART "--b\nContent-Transfer-Encoding: base64\n\nY*==\n--b\n\none\n"
			    "--b--",
			"body: 2\ntext/plain\n\n3\none\n" },
		{ MULTIPART "--b\nContent-Transfer-Encoding: uuencode\n\nx\n--b--",
			"body: 4\n" },
		{ MULTIPART "--b\nContent-Type: A\x1bz/\xc3;name=\"a\x07\"\n\nx\n--b--",
			"a?z/?\na?\n1\nx\n" },
		/* Comments, which Python takes for content. */
		{ "Content-Type: (a) Multipart/Mixed(b;boundary=c)(\\)(d);boundary=e); "
		  "x(f)=\"g;\"\n"
		  " ;(h)boundary (i)= (j)\"\\b\" (k)\n\n--b\n\none\n--b--\n",
			"text/plain\n\n3\none\n" },
		/* A boundary folded where it has a blank. */
		{ "Content-Type: multipart/mixed; boundary=\"b\r\n c\"\n\n--b c\n\none\n"
		  "--b c--\n",
			"text/plain\n\n3\none\n" },
		/* Ends within a field, a string, a comment, an escape. */
		{ "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b",
			"error: 2\n" },
		{ "Content-Type: multipart/mixed; boundary=\"b\\", "error: 2\n" },
		{ "Content-Type: multipart/mixed (\\", "error: 2\n" },
		{ "Content-Type: multipart/mixed; boundary", "error: 2\n" },
		{ "Content-Type: multipart/mixed; boundary=", "error: 2\n" },
		{ "", "text/plain\n\n0\n\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* On the heap and not terminated, so that a byte read too far is seen. */
		size_t length = strlen(cases[i].message);
		CLEANUP(freep) char *exact = xmemdup(cases[i].message, length);
		CLEANUP(freep) char *parts = dump(exact, length);

		assert_string_equal(parts, cases[i].parts);
	}
}

/* Multiparts within multiparts: as deep as promised, and no deeper. */
static void test_depth(void **state)
{
	(void)state;
	for (int extra = 0; extra <= 1; extra++) {
		CLEANUP(strbuf_releasep) struct strbuf m = STRBUF_INIT;
		CLEANUP(freep) char *parts = NULL;

		for (int i = 0; i < MIME_DEPTH_MOST + extra; i++)
			strbuf_addf(&m,
				"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n",
				i, i);
		strbuf_add_str(&m, "\ninnermost");
		for (int i = MIME_DEPTH_MOST + extra - 1; i >= 0; i--)
			strbuf_addf(&m, "\n--b%d--", i);
		parts = dump(m.data, m.length_bytes);
		assert_string_equal(
			parts, extra ? "error: 4\n" : "text/plain\n\n9\ninnermost\n");
	}
}

static void test_long_words(void **state)
{
	(void)state;
	for (int extra = 0; extra <= 1; extra++) {
		CLEANUP(strbuf_releasep) struct strbuf m = STRBUF_INIT;
		CLEANUP(freep) char *parts = NULL;
		char boundary[MIME_BOUNDARY_ROOM + 1] = "";

		memset(boundary, 'x', MIME_BOUNDARY_ROOM - 1 + (size_t)extra);
		strbuf_addf(&m,
			"Content-Type: multipart/%s; boundary=%s\n\n--%s\n"
			"Content-Disposition: a; filename=%s\n\none\n--%s--\n",
			boundary, boundary, boundary, boundary, boundary);
		parts = dump(m.data, m.length_bytes);
		assert_string_equal(
			parts, extra ? "error: 2\n" : "text/plain\n\n3\none\n");
	}
}

static void test_is(void **state)
{
	static const struct {
		const char *data;
		bool is;
	} cases[] = {
		{ "", false },
		{ "\n", false },
		{ "#!/bin/sh\nMIME-Version: 1.0\n", false },
		{ "#cloud-config\n", false },
		{ "\nMIME-Version: 1.0\n", false },
		{ "Content-Type: text/plain\n\nMIME-Version: 1.0\n", false },
		{ "Content-Type: text/plain\nmime-VERSION: 1.0\n", true },
		{ "Content-Type: Multipart/x\n", true },
		{ "From nobody Sat Nov 21\nMIME-Version: 1.0\n", true },
		{ "From nobody", false },
		{ "key: value\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (mime_is(cases[i].data, strlen(cases[i].data)) != cases[i].is)
			fail_msg("'%s'", cases[i].data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_like_python),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
