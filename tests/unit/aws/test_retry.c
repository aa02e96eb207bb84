/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/retry.h"

#include "unit.h"

static void policies_are_parsed(void **state)
{
	static const struct {
		const char *mode, *attempts;
		bool good;
		struct retry_policy policy;
	} cases[] = {
		{ NULL, NULL, true, { RETRY_STANDARD, 3 } },
		{ "standard", "5", true, { RETRY_STANDARD, 5 } },
		{ "legacy", NULL, true, { RETRY_STANDARD, 3 } },
		{ "adaptive", "1", true, { RETRY_ADAPTIVE, 1 } },
		{ "Standard", NULL, false, { 0 } },
		{ "", NULL, false, { 0 } },
		{ NULL, "0", false, { 0 } },
		{ NULL, "", false, { 0 } },
		{ NULL, "-1", false, { 0 } },
		{ NULL, " 1", false, { 0 } },
		{ NULL, "3x", false, { 0 } },
		{ NULL, "99999999999999999999", false, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct retry_policy p = { 0 };
		struct error err = ERROR_INIT;
		int rc = retry_policy_parse(cases[i].mode, cases[i].attempts, &p, &err);

		assert_int_equal(rc == 0, cases[i].good);
		assert_int_equal(p.mode, cases[i].policy.mode);
		assert_int_equal(p.attempts_most, cases[i].policy.attempts_most);
	}
}

#define THROTTLED "RequestLimitExceeded"
#define NOT_FOUND "InvalidSnapshot.NotFound"

/* What botocore does not decide: compare_botocore.py has the rest. */
static void our_own_reasons_are_known(void **state)
{
	static const struct {
		struct retry_outcome outcome;
		enum retry_reason reason;
	} cases[] = {
		{ { .status = 400, .code = NOT_FOUND, .age_ms = 0 }, RETRY_YOUNG },
		{ { .status = 400, .code = NOT_FOUND, .age_ms = 119999 }, RETRY_YOUNG },
		{ { .status = 400, .code = NOT_FOUND, .age_ms = 120000 }, RETRY_NOT },
		{ { .status = 400, .code = NOT_FOUND, .age_ms = RETRY_AGE_OLD },
			RETRY_NOT },
		{ { .status = 404, .code = "ResourceNotFoundException" }, RETRY_YOUNG },
		{ { .status = 403, .code = "RequestTimeTooSkewed" }, RETRY_NOT },
		{ { .status = 403,
			  .code = "RequestTimeTooSkewed",
			  .clock_corrected = true },
			RETRY_CLOCK },
		{ { .status = 400, .code = "ExpiredTokenException" }, RETRY_NOT },
		{ { .status = 400,
			  .code = "ExpiredTokenException",
			  .keys_renewed = true },
			RETRY_KEYS },
		{ { .status = 400, .code = "RequestExpired", .keys_renewed = true },
			RETRY_KEYS },
		{ { .status = 403,
			  .code = "SignatureDoesNotMatch",
			  .keys_renewed = true },
			RETRY_NOT },
		{ { .status = 400, .code = "ValidationException", .message = "other" },
			RETRY_NOT },
		{ { .status = 400,
			  .code = "ValidationException",
			  .message = "Failed to read block data." },
			RETRY_TRANSIENT },
		{ { .status = 400, .code = "ValidationException" }, RETRY_NOT },
		{ { .failure = HTTP_STALLED }, RETRY_TRANSIENT },
		{ { .failure = HTTP_TLS_REFUSED }, RETRY_NOT },
		{ { .failure = HTTP_TOO_BIG, .status = 500 }, RETRY_NOT },
		{ { .failure = HTTP_NOT_HTTP }, RETRY_NOT },
		{ { .failure = HTTP_BODY_FAILED, .status = 503 }, RETRY_NOT },
		{ { .failure = HTTP_SETUP_FAILED }, RETRY_NOT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(retry_reason(&cases[i].outcome), cases[i].reason);
}

static const struct retry_outcome unavailable = { .status = 503 };
static const struct retry_outcome stalled = { .failure = HTTP_STALLED };

/* The waits of up to `most` retries of one outcome; how many there were. */
static size_t waits_of(struct retry *r, struct retry_quota *q,
	const struct retry_outcome *o, double random, uint64_t *waits, size_t most)
{
	size_t count = 0;

	while (count < most && retry_again(r, q, o, 1000, random, &waits[count]))
		count++;
	return count;
}

static void waits_grow_to_a_limit(void **state)
{
	static const uint64_t expected[] = { 1000, 2000, 4000, 8000, 16000, 20000,
		20000 };
	const struct retry_policy policy = { RETRY_STANDARD, 8 };
	uint64_t waits[8];
	struct retry r;

	(void)state;
	for (int half = 1; half <= 2; half++) {
		struct retry_quota q = RETRY_QUOTA_INIT;

		retry_begin(&r, &policy, 0);
		assert_int_equal(waits_of(&r, &q, &unavailable, 1.0 / half, waits, 8), 7);
		for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
			assert_int_equal(waits[i], expected[i] / (unsigned int)half);
		assert_string_equal(r.gave_up, "all attempts failed");
	}
}

static void headers_stretch_waits(void **state)
{
	static const struct {
		uint64_t asked_ms;
		double random;
		uint64_t wait_ms;
	} cases[] = {
		{ 0, 0.5, 500 },
		{ 400, 0.5, 500 },
		{ 800, 0.5, 800 },
		{ 5500, 0.5, 5500 },
		{ 3600000, 0.5, 5500 },
	};
	const struct retry_policy policy = { RETRY_STANDARD, 3 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct retry_outcome o = { .status = 400,
			.code = THROTTLED,
			.retry_after_ms = cases[i].asked_ms };
		struct retry_quota q = RETRY_QUOTA_INIT;
		struct retry r;
		uint64_t wait;

		retry_begin(&r, &policy, 0);
		assert_true(retry_again(&r, &q, &o, 0, cases[i].random, &wait));
		assert_int_equal(wait, cases[i].wait_ms);
	}
	assert_int_equal(retry_after_parse("1500", "7"), 1500);
	assert_int_equal(retry_after_parse(NULL, "7"), 7000);
	assert_int_equal(retry_after_parse("-1", "x"), 0);
	assert_int_equal(retry_after_parse("1.5", "Sat, 21 Nov 2026 20:00:00 GMT"), 0);
	assert_int_equal(retry_after_parse("99999999999999999999999", NULL), 3600000);
	assert_int_equal(retry_after_parse("", NULL), 0);
}

static void a_quota_is_used_up_and_refilled(void **state)
{
	const struct retry_policy policy = { RETRY_STANDARD, 1000 };
	struct retry_quota q = RETRY_QUOTA_INIT;
	uint64_t waits[200];
	struct retry r, other;

	(void)state;
	retry_begin(&r, &policy, 0);
	assert_int_equal(waits_of(&r, &q, &unavailable, 0, waits, 200), 100);
	assert_string_equal(r.gave_up, "too much has failed lately to try again");
	assert_int_equal(q.tokens, 0);

	/* What a retry has cost comes back when it succeeds, else one. */
	retry_succeeded(&r, &q);
	assert_int_equal(q.tokens, 5);
	retry_begin(&other, &policy, 0);
	retry_succeeded(&other, &q);
	assert_int_equal(q.tokens, 6);

	/* A timeout costs ten. */
	assert_int_equal(waits_of(&other, &q, &stalled, 0, waits, 200), 0);
	q.tokens = 25;
	assert_int_equal(waits_of(&other, &q, &stalled, 0, waits, 200), 2);
	assert_int_equal(q.tokens, 5);
	retry_succeeded(&other, &q);
	assert_int_equal(q.tokens, 15);
	q.tokens = RETRY_QUOTA_TOKENS - 3;
	retry_succeeded(&other, &q);
	assert_int_equal(q.tokens, RETRY_QUOTA_TOKENS);
}

static void the_budget_of_an_operation_is_kept(void **state)
{
	const struct retry_policy policy = { RETRY_STANDARD, 3 };
	struct retry_quota q = RETRY_QUOTA_INIT;
	struct retry r;
	uint64_t wait = 77;

	(void)state;
	retry_begin(&r, &policy, 10000);
	assert_false(retry_again(&r, &q, &unavailable, 9000, 1.0, &wait));
	assert_string_equal(r.gave_up, "its time is up");
	assert_int_equal(wait, 77);
	assert_int_equal(q.tokens, RETRY_QUOTA_TOKENS);
	assert_true(retry_again(&r, &q, &unavailable, 8999, 1.0, &wait));
	assert_int_equal(wait, 1000);
	assert_int_equal(r.attempt, 2);
}

static void what_is_young_is_waited_for(void **state)
{
	static const uint64_t expected[] = { 300, 600, 1200, 2400, 4800, 5000, 5000 };
	const struct retry_policy policy = { RETRY_STANDARD, 1 };
	struct retry_outcome o = { .status = 400, .code = NOT_FOUND };
	struct retry_quota q = RETRY_QUOTA_INIT;
	uint64_t waits[ARRAY_SIZE(expected)], wait;
	struct retry r;

	(void)state;
	retry_begin(&r, &policy, 0);
	assert_int_equal(waits_of(&r, &q, &o, 1.0, waits, ARRAY_SIZE(expected)),
		ARRAY_SIZE(expected));
	assert_memory_equal(waits, expected, sizeof(expected));
	assert_int_equal(q.tokens, RETRY_QUOTA_TOKENS);
	assert_int_equal(r.attempt, 1);
	assert_true(retry_again(&r, &q, &o, 0, 0.0, &wait));
	assert_int_equal(wait, 2500);
	o.age_ms = 120000;
	assert_false(retry_again(&r, &q, &o, 0, 0.0, &wait));
}

static void clock_and_keys_are_put_right_once(void **state)
{
	static const struct retry_outcome outcomes[] = {
		{ .status = 403,
			.code = "SignatureDoesNotMatch",
			.clock_corrected = true },
		{ .status = 403, .code = "ExpiredToken", .keys_renewed = true },
	};
	const struct retry_policy policy = { RETRY_STANDARD, 1 };
	struct retry_quota q = RETRY_QUOTA_INIT;
	struct retry r;
	uint64_t wait;

	(void)state;
	retry_begin(&r, &policy, 0);
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++) {
		assert_true(retry_again(&r, &q, &outcomes[i], 0, 0.9, &wait));
		assert_int_equal(wait, 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
		assert_false(retry_again(&r, &q, &outcomes[i], 0, 0.9, &wait));
	assert_null(r.gave_up);
	assert_int_equal(q.tokens, RETRY_QUOTA_TOKENS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_are_parsed),
		cmocka_unit_test(our_own_reasons_are_known),
		cmocka_unit_test(waits_grow_to_a_limit),
		cmocka_unit_test(headers_stretch_waits),
		cmocka_unit_test(a_quota_is_used_up_and_refilled),
		cmocka_unit_test(the_budget_of_an_operation_is_kept),
		cmocka_unit_test(what_is_young_is_waited_for),
		cmocka_unit_test(clock_and_keys_are_put_right_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
