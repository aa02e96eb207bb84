/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/xml.h"

#include "unit.h"

#include "aws/ec2.h"
#include "base/strbuf.h"

/* Each is the inside of a DescribeSnapshotsResponse, or a whole document. */
static void strange_answers_are_refused(void **state)
{
	static const struct {
		const char *xml, *said;
	} cases[] = {
		{ "", "no well-formed XML" },
		{ "hello", "no well-formed XML" },
		{ "<DescribeSnapshotsResponse>", "no well-formed XML" },
		{ "<DescribeSnapshotsResponse></DescribeSnapshotsResponse><x/>",
			"no well-formed XML" },
		{ "<html><body>proxy</body></html>", "'html' is not the answer" },
		{ "<!DOCTYPE x><DescribeSnapshotsResponse/>", "document type" },
		{ "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
		  "<DescribeSnapshotsResponse><nextToken>&b;</nextToken>"
		  "</DescribeSnapshotsResponse>",
			"document type" },
		{ "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">"
		  "<DescribeSnapshotsResponse/>",
			"document type" },
		{ "<DescribeSnapshotsResponse><nextToken>&foo;</nextToken>"
		  "</DescribeSnapshotsResponse>",
			"no well-formed XML" },
		{ "<DescribeSnapshotsResponse><snapshotSet><item><volumeSize>8G"
		  "</volumeSize></item></snapshotSet></DescribeSnapshotsResponse>",
			"'volumeSize' is no number" },
		{ "<DescribeSnapshotsResponse><snapshotSet><item><volumeSize>"
		  "18446744073709551616</volumeSize></item></snapshotSet>"
		  "</DescribeSnapshotsResponse>",
			"'volumeSize' is no number" },
		{ "<DescribeSnapshotsResponse><snapshotSet><item><encrypted>maybe"
		  "</encrypted></item></snapshotSet></DescribeSnapshotsResponse>",
			"'encrypted' is neither true nor false" },
		{ "<DescribeSnapshotsResponse>\xff</DescribeSnapshotsResponse>",
			"no well-formed XML" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ec2_snapshot_list list;
		struct error err = ERROR_INIT;

		if (query_decode(&ec2_describe_snapshots_action, cases[i].xml,
			    strlen(cases[i].xml), &list, &err) == 0)
			fail_msg("%s", cases[i].xml);
		unit_assert_error(&err, ERR_FORMAT, cases[i].said);
		assert_null(list.snapshots.items);
	}
}

/* `times` times `text`, between a beginning and an end. */
static int decode_repeated(const char *begin, const char *text, size_t times,
	const char *end, struct ec2_snapshot_list *list, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf xml = STRBUF_INIT;

	strbuf_add_str(&xml, "<DescribeSnapshotsResponse>");
	strbuf_add_str(&xml, begin);
	for (size_t i = 0; i < times; i++)
		strbuf_add_str(&xml, text);
	strbuf_add_str(&xml, end);
	strbuf_add_str(&xml, "</DescribeSnapshotsResponse>");
	return query_decode(
		&ec2_describe_snapshots_action, xml.data, xml.length_bytes, list, err);
}

static void sizes_are_bounded(void **state)
{
	static const struct {
		const char *begin, *text, *end;
		size_t good, bad;
		const char *said;
	} cases[] = {
		{ "<nextToken>", "x", "</nextToken>", 1 << 20, (1 << 20) + 1,
			"one of its texts is too long" },
		{ "<snapshotSet>", "<item/>", "</snapshotSet>", 1 << 16, (1 << 16) + 1,
			"lists more than any answer has" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ec2_snapshot_list list;
		struct error err = ERROR_INIT;

		if (decode_repeated(cases[i].begin, cases[i].text, cases[i].good,
			    cases[i].end, &list, &err) < 0)
			fail_msg("%s", err.msg);
		shape_release(ec2_describe_snapshots_action.answer, &list);
		assert_int_equal(decode_repeated(cases[i].begin, cases[i].text,
					 cases[i].bad, cases[i].end, &list, &err),
			-1);
		unit_assert_error(&err, ERR_FORMAT, cases[i].said);
	}
}

static void depth_is_bounded(void **state)
{
	CLEANUP(strbuf_releasep) struct strbuf ends = STRBUF_INIT;
	struct ec2_snapshot_list list;
	struct error err = ERROR_INIT;

	(void)state;
	for (int i = 0; i < 63; i++)
		strbuf_add_str(&ends, "</a>");
	assert_int_equal(decode_repeated("", "<a>", 63, ends.data, &list, &err), 0);
	shape_release(ec2_describe_snapshots_action.answer, &list);
	strbuf_add_str(&ends, "</a>");
	assert_int_equal(decode_repeated("", "<a>", 64, ends.data, &list, &err), -1);
	unit_assert_error(&err, ERR_FORMAT, "nested too deeply");
}

static void what_is_unknown_or_repeated_does_no_harm(void **state)
{
	static const char xml[] =
		"<e:DescribeSnapshotsResponse xmlns:e='urn:x' a='b'>"
		"<snapshotSet x='y'>text<item><new><snapshotId>no</snapshotId></new>"
		"<snapshotId>snap-<b>no</b>1</snapshotId><progress>1</progress>"
		"<progress>2</progress><volumeSize/><description/>"
		"<tagSet><item><key>a</key></item><other><key>b</key></other></tagSet>"
		"</item></snapshotSet><snapshotSet><item/></snapshotSet>"
		"<?pi x?></e:DescribeSnapshotsResponse>";
	struct ec2_snapshot_list list;
	const struct ec2_snapshot *s;
	const struct ec2_tag *tags;
	struct error err = ERROR_INIT;

	(void)state;
	if (query_decode(&ec2_describe_snapshots_action, xml, strlen(xml), &list, &err) <
		0)
		fail_msg("%s", err.msg);
	assert_int_equal(list.snapshots.count, 2);
	s = list.snapshots.items;
	assert_string_equal(s[0].snapshot_id, "snap-1");
	assert_string_equal(s[0].progress, "2");
	assert_false(s[0].volume_size_gib.set);
	assert_string_equal(s[0].description, "");
	assert_int_equal(s[0].tags.count, 2);
	tags = s[0].tags.items;
	assert_string_equal(tags[1].key, "b");
	assert_null(s[1].snapshot_id);
	shape_release(ec2_describe_snapshots_action.answer, &list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strange_answers_are_refused),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(what_is_unknown_or_repeated_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
