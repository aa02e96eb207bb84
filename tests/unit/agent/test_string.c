/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runtime's own functions, under other names, beside the C library's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <strings.h>

#define memcpy rt_memcpy
#define memmove rt_memmove
#define memset rt_memset
#define memcmp rt_memcmp
#define memchr rt_memchr
#define memmem rt_memmem
#define strlen rt_strlen
#define strnlen rt_strnlen
#define strcmp rt_strcmp
#define strncmp rt_strncmp
#define strchr rt_strchr
#define strstr rt_strstr
#define strspn rt_strspn
#define strcspn rt_strcspn
#define strncasecmp rt_strncasecmp
#include "rt/string.c" /* NOLINT(bugprone-suspicious-include) */
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef memmem
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strstr
#undef strspn
#undef strcspn
#undef strncasecmp

static const char *const words[] = { "", "a", "b", "ab", "abc", "ABC", "abd", "aab",
	"\xff", "\x7f", "a\xff", "hello, world", "lo, wo", "o", "xyz", ", ", "aaaab",
	"aab" };
enum { WORDS = sizeof(words) / sizeof(words[0]) };

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void comparing_and_searching_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORDS; i++) {
		const char *a = words[i];

		assert_int_equal(rt_strlen(a), strlen(a));
		assert_int_equal(rt_strnlen(a, 2), strnlen(a, 2));
		for (int c = 0; c < 256; c++)
			assert_ptr_equal(rt_strchr(a, c), strchr(a, c));
		assert_ptr_equal(rt_memchr(a, 'a', strlen(a)), memchr(a, 'a', strlen(a)));
		for (size_t k = 0; k < WORDS; k++) {
			const char *b = words[k];
			size_t least = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

			assert_int_equal(sign(rt_strcmp(a, b)), sign(strcmp(a, b)));
			assert_int_equal(
				sign(rt_strncmp(a, b, 2)), sign(strncmp(a, b, 2)));
			assert_int_equal(sign(rt_strncasecmp(a, b, 3)),
				sign(strncasecmp(a, b, 3)));
			assert_int_equal(
				sign(rt_memcmp(a, b, least)), sign(memcmp(a, b, least)));
			assert_ptr_equal(rt_strstr(a, b), strstr(a, b));
			assert_ptr_equal(rt_memmem(a, strlen(a), b, strlen(b)),
				memmem(a, strlen(a), b, strlen(b)));
			assert_int_equal(rt_strspn(a, b), strspn(a, b));
			assert_int_equal(rt_strcspn(a, b), strcspn(a, b));
		}
	}
}

static void moving_overlaps(void **state)
{
	(void)state;
	for (size_t from = 0; from < 8; from++)
		for (size_t to = 0; to < 8; to++)
			for (size_t size = 0; size <= 8; size++) {
				char ours[] = "0123456789abcdef";
				char theirs[] = "0123456789abcdef";

				rt_memmove(ours + to, ours + from, size);
				memmove(theirs + to, theirs + from, size);
				assert_string_equal(ours, theirs);
			}
}

static void filling_and_copying(void **state)
{
	char ours[16] = "";

	(void)state;
	assert_ptr_equal(rt_memset(ours, 0x141, 15), ours);
	assert_string_equal(ours, "AAAAAAAAAAAAAAA");
	assert_ptr_equal(rt_memcpy(ours + 3, "xyz", 3), ours + 3);
	assert_string_equal(ours, "AAAxyzAAAAAAAAA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparing_and_searching_agree),
		cmocka_unit_test(moving_overlaps),
		cmocka_unit_test(filling_and_copying),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
