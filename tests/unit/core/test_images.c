/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/images.h"

#include <signal.h>

#include "aws/timestamp.h"
#include "core/run_tags.h"
#include "json_support.h"
#include "service_support.h"
#include "unit.h"

enum { IMAGES_MOST = 8 };

static const struct ec2_tag finished[] = { { RUN_TAG_ID, "r-1" },
	{ RUN_TAG_STATE, RUN_STATE_FINISHED }, { RUN_TAG_FAMILY, "web" },
	{ RUN_TAG_SOURCE, "us-east-1/ami-0" } };
static const struct ec2_tag unfinished[] = { { RUN_TAG_ID, "r-2" },
	{ RUN_TAG_STATE, RUN_STATE_UNFINISHED } };
static const struct ec2_block_device devices[] = {
	{ .device_name = "/dev/sda1",
		.ebs = { .snapshot_id = "snap-1", .volume_size_gib = SHAPE_UINT_OF(8) } },
	{ .device_name = "/dev/sdb", .virtual_name = "ephemeral0" },
	{ .device_name = "/dev/sdf",
		.ebs = { .snapshot_id = "snap-2", .volume_size_gib = SHAPE_UINT_OF(3) } },
};

/* Images as a service would tell of them, in their order. */
struct told {
	struct ec2_image images[IMAGES_MOST];
	const void *items[IMAGES_MOST];
	uint64_t stored[IMAGES_MOST];
	struct images all;
};

static void tell(struct told *t, const struct ec2_image *images, size_t count)
{
	static char region[] = "eu-west-1";

	assert_true(count <= IMAGES_MOST);
	*t = (struct told){ 0 };
	for (size_t i = 0; i < count; i++) {
		t->images[i] = images[i];
		t->images[i].block_devices =
			(struct shape_list){ devices, ARRAY_SIZE(devices) };
		t->items[i] = &t->images[i];
	}
	t->all = (struct images){ .list = { .items = t->items, .count = count },
		.stored_bytes = t->stored,
		.region = region };
}

static int64_t moment(const char *text)
{
	int64_t at;

	assert_true(timestamp_parse(text, &at));
	return at;
}

/* State, age and size of each, in its line. */
static void lines_have_states_and_ages(void **state)
{
	static const struct {
		const char *state, *created;
		struct shape_list tags;
		uint64_t stored_bytes;
		const char *line;
	} cases[] = {
		{ "available", "2026-11-19T11:00:00.000Z",
			{ finished, ARRAY_SIZE(finished) }, 0,
			"ami-1                  available       3 d   11.0 GiB  "
			"eu-west-1       x86_64  web\n" },
		{ "available", "2026-11-20T13:00:00.000Z",
			{ unfinished, ARRAY_SIZE(unfinished) }, 512 << 20,
			"ami-1                  unfinished     47 h    512 MiB  "
			"eu-west-1       x86_64  web\n" },
		{ "pending", "2026-11-22T10:01:00.000Z", { NULL, 0 }, 0,
			"ami-1                  pending     119 min   11.0 GiB  "
			"eu-west-1       x86_64  web\n" },
		{ "failed", "2026-11-22T12:00:00.000Z", { NULL, 0 }, 0,
			"ami-1                  failed        0 min   11.0 GiB  "
			"eu-west-1       x86_64  web\n" },
		/* A clock that is behind, and a date that is none. */
		{ "disabled", "2026-11-22T12:00:01.000Z", { NULL, 0 }, 0,
			"ami-1                  disabled          ?   11.0 GiB  "
			"eu-west-1       x86_64  web\n" },
		{ "available", "yesterday", { NULL, 0 }, 0,
			"ami-1                  available         ?   11.0 GiB  "
			"eu-west-1       x86_64  web\n" },
		{ NULL, NULL, { NULL, 0 }, 0,
			"ami-1                                    ?   11.0 GiB  "
			"eu-west-1       x86_64  web\n" },
	};
	static char architecture[] = "x86_64", name[] = "web", id[] = "ami-1";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct ec2_image image = { .image_id = id,
			.name = name,
			.architecture = architecture,
			.state = (char *)cases[i].state,
			.creation_date = (char *)cases[i].created,
			.tags = cases[i].tags };
		CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
		struct told t;

		tell(&t, &image, 1);
		t.stored[0] = cases[i].stored_bytes;
		images_text(&t.all, moment("2026-11-22T12:00:00.000Z"), &text);
		assert_string_equal(text.data, cases[i].line);
	}
}

static void documents_have_what_the_tags_say(void **state)
{
	static char id[] = "ami-1", is_state[] = "available";
	const struct ec2_image images[] = {
		{ .image_id = id,
			.state = is_state,
			.is_public = SHAPE_TRUE,
			.tags = { finished, ARRAY_SIZE(finished) } },
		{ .image_id = id, .tags = { unfinished, ARRAY_SIZE(unfinished) } },
	};
	static const struct {
		const char *path, *value;
	} cases[] = {
		{ "0/state", "\"available\"" },
		{ "0/unfinished", "false" },
		{ "0/public", "true" },
		{ "0/family", "\"web\"" },
		{ "0/source", "\"us-east-1/ami-0\"" },
		{ "0/run_id", "\"r-1\"" },
		{ "0/snapshots", "[\"snap-1\",\"snap-2\"]" },
		{ "0/volume_size_gib", "11" },
		{ "0/stored_bytes", "null" },
		{ "1/state", "null" },
		{ "1/unfinished", "true" },
		{ "1/public", "false" },
		{ "1/family", "null" },
		{ "1/stored_bytes", "7" },
	};
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	struct json j = JSON_INIT(&text);
	struct told t;

	(void)state;
	tell(&t, images, 2);
	t.stored[1] = 7;
	json_array_begin(&j, NULL);
	images_json(&t.all, &j);
	json_array_end(&j);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(freep)
		char *value = json_document_at(text.data, cases[i].path);

		if (!value || strcmp(value, cases[i].value) != 0)
			fail_msg("%s is %s", cases[i].path, value);
	}
}

#define IMAGE(id, created, snapshot)                                          \
	"<item><imageId>" id "</imageId><creationDate>" created               \
	"</creationDate><blockDeviceMapping><item><ebs><snapshotId>" snapshot \
	"</snapshotId></ebs></item></blockDeviceMapping></item>"

/* Two pages of images, then one question about all of their snapshots. */
static const char service[] =
	"{\"answers\": [{\"body\": \"<DescribeImagesResponse><imagesSet>" IMAGE("ami-1",
		"2026-01-01T00:00:00.000Z",
		"snap-1") "</imagesSet><nextToken>more"
			  "</nextToken></DescribeImagesResponse>\"}, "
			  "{\"body\": \"<DescribeImagesResponse><imagesSet>" IMAGE(
				  "ami-2", "2026-02-01T00:00:00.000Z",
				  "snap-2") IMAGE("ami-3", "2025-02-01T00:00:00.000Z",
				  "snap-2") "</imagesSet>"
					    "</DescribeImagesResponse>\"}, "
					    "{\"body\": "
					    "\"<DescribeSnapshotsResponse><snapshotSet>"
					    "<item><snapshotId>snap-2</"
					    "snapshotId><fullSnapshotSizeInBytes>1048576"
					    "</fullSnapshotSizeInBytes></item></"
					    "snapshotSet></"
					    "DescribeSnapshotsResponse>\"}]}";

static void the_newest_come_first_with_what_they_take(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(freep) char *url = NULL, *first = NULL, *snapshots = NULL;
	CLEANUP(images_releasep) struct images found = { 0 };
	struct images_spec spec = { .family = "web" };
	struct error err = ERROR_INIT;

	service_start(&s, *state, service);
	spec.session.endpoint_url = url = fake_url(s.fake, "");
	if (images_list(&spec, &found, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(found.list.count, 3);
	assert_string_equal(ec2_image_at(&found.list, 0)->image_id, "ami-2");
	assert_string_equal(ec2_image_at(&found.list, 1)->image_id, "ami-1");
	assert_string_equal(ec2_image_at(&found.list, 2)->image_id, "ami-3");
	assert_int_equal(found.stored_bytes[0], 1048576);
	assert_int_equal(found.stored_bytes[1], 0);
	assert_int_equal(found.stored_bytes[2], 1048576);
	assert_string_equal(found.region, "eu-west-1");
	first = fake_request(s.fake, 1);
	assert_non_null(strstr(first, "Filter.1.Name=tag-key&Filter.1.Value.1="
				      "amiwright%3Arun-id"));
	assert_non_null(strstr(first, "Filter.2.Name=tag%3Aamiwright%3Afamily&"
				      "Filter.2.Value.1=web"));
	snapshots = fake_request(s.fake, 3);
	assert_non_null(strstr(snapshots, "Value.1=snap-2&Filter.1.Value.2=snap-1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_have_states_and_ages),
		cmocka_unit_test(documents_have_what_the_tags_say),
		SCRATCH_TEST(the_newest_come_first_with_what_they_take),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
