/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_copies.h"

#include <signal.h>

#include "core/run_tags.h"
#include "service_support.h"
#include "unit.h"

#define REGION(name) "<item><regionName>" name "</regionName></item>"
#define REGIONS                                                                  \
	"{\"body\": \"<DescribeRegionsResponse><regionInfo>" REGION("us-east-1") \
		REGION("ap-south-1")                                             \
			REGION("eu-west-1") "</regionInfo></DescribeRegionsResponse>\"}"
#define TAG(key, value) "<item><key>" key "</key><value>" value "</value></item>"
#define IMAGE_OF(source, id, state)                                                \
	"<item><imageId>" id "</imageId><imageState>available</imageState>" source \
	"<blockDeviceMapping><item><ebs><snapshotId>snap-0a</snapshotId></ebs>"    \
	"</item></blockDeviceMapping><tagSet>" TAG(RUN_TAG_ID, "r-1")              \
		TAG(RUN_TAG_STATE, state)                                          \
			TAG(RUN_TAG_SOURCE, "eu-west-1/ami-01") "</tagSet></item>"
#define IMAGE(id, state) IMAGE_OF("", id, state)
#define SOURCE(region, id)                                                \
	"<sourceImageId>" id "</sourceImageId><sourceImageRegion>" region \
	"</sourceImageRegion>"
#define IMAGES(items)                                            \
	"{\"body\": \"<DescribeImagesResponse><imagesSet>" items \
	"</imagesSet></DescribeImagesResponse>\"}"
#define GONE(id) \
	"<item><imageId>" id "</imageId><imageState>deregistered</imageState></item>"

static void find(
	struct service *s, void **state, const char *answers, struct image_copies *ret)
{
	CLEANUP(freep) char *script = xasprintf("{\"answers\": [%s]}", answers);
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	struct error err = ERROR_INIT;

	service_start(s, *state, script);
	strv_add(&names, "eu-west-1/ami-01");
	strv_add(&names, "eu-west-1/ami-02");
	if (image_copies_find(&s->session, &names, NULL, ret, &err) < 0)
		fail_msg("%s", err.msg);
}

static void they_are_found_by_their_tag_in_each_other_region(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(image_copies_releasep) struct image_copies c = { 0 };
	static const char *const regions[] = { "ap-south-1", "us-east-1" };

	find(&s, state,
		REGIONS ", " IMAGES("") ", " IMAGES(IMAGE("ami-0a", "finished")
				IMAGE("ami-0b", "unfinished") GONE("ami-0c")),
		&c);
	assert_int_equal(c.count, 2);
	for (size_t i = 0; i < c.count; i++) {
		CLEANUP(freep) char *request = fake_request(s.fake, (unsigned int)i + 2);
		CLEANUP(freep) char *scope = xasprintf("/%s/ec2/", regions[i]);

		assert_string_equal(aws_client_region(c.places[i].ec2), regions[i]);
		assert_non_null(strstr(request, scope));
		assert_non_null(strstr(request,
			"Filter.1.Name=tag%3Aamiwright%3Asource&Filter.1.Value.1="
			"eu-west-1%2Fami-01&Filter.1.Value.2=eu-west-1%2Fami-02"));
	}
	assert_int_equal(c.places[0].found.count, 0);
	assert_int_equal(c.places[1].found.count, 1);
	assert_string_equal(ec2_image_at(&c.places[1].found, 0)->image_id, "ami-0a");
	assert_string_equal(image_copies_source(ec2_image_at(&c.places[1].found, 0)),
		"eu-west-1/ami-01");
}

/* Somebody has made the second of the first, and the third of another image, with its
 * tags. */
static void what_others_have_copied_is_left_out(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(image_copies_releasep) struct image_copies c = { 0 };

	find(&s, state,
		REGIONS
		", " IMAGES("") ", " IMAGES(IMAGE_OF(SOURCE("eu-west-1", "ami-01"),
			"ami-0a", "finished") IMAGE_OF(SOURCE("us-east-1", "ami-0a"),
			"ami-0b", "finished") IMAGE_OF(SOURCE("eu-west-1", "ami-02"),
			"ami-0c", "finished")),
		&c);
	assert_int_equal(c.count, 2);
	assert_int_equal(c.places[1].found.count, 1);
	assert_string_equal(ec2_image_at(&c.places[1].found, 0)->image_id, "ami-0a");
}

/* So many that a request cannot have all of their names. */
static void none_of_many_is_forgotten(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(image_copies_releasep) struct image_copies c = { 0 };
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	CLEANUP(freep) char *second = NULL;
	struct error err = ERROR_INIT;

	service_start(&s, *state,
		"{\"answers\": [" REGIONS
		", " IMAGES(IMAGE("ami-0a", "finished")) ", " IMAGES(IMAGE(
			"ami-0b", "finished")) ", {\"status\": 403, \"times\": 0}]}");
	for (int i = 1; i <= 201; i++)
		strv_addf(&names, "eu-west-1/ami-%d", i);
	if (image_copies_find(&s.session, &names, NULL, &c, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(c.count, 1);
	assert_int_equal(c.places[0].found.count, 2);
	assert_string_equal(ec2_image_at(&c.places[0].found, 0)->image_id, "ami-0a");
	assert_string_equal(ec2_image_at(&c.places[0].found, 1)->image_id, "ami-0b");
	second = fake_request(s.fake, 3);
	assert_non_null(strstr(second, "Filter.1.Value.1=eu-west-1%2Fami-201&"));
}

/* Its account may be kept out of a region: the others are looked at. */
static void a_region_that_refuses_is_left_out(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(image_copies_releasep) struct image_copies c = { 0 };

	find(&s, state,
		REGIONS ", {\"status\": 403}, " IMAGES(IMAGE("ami-0a", "finished")), &c);
	assert_int_equal(c.count, 1);
	assert_string_equal(aws_client_region(c.places[0].ec2), "us-east-1");
	assert_int_equal(c.places[0].found.count, 1);
}

static void a_region_that_cannot_be_asked_ends_it(void **state)
{
	CLEANUP(service_releasep) struct service s = { 0 };
	CLEANUP(image_copies_releasep) struct image_copies c = { 0 };
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	struct error err = ERROR_INIT;

	service_start(&s, *state,
		"{\"answers\": [" REGIONS ", {\"status\": 500, \"times\": 0}]}");
	strv_add(&names, "eu-west-1/ami-01");
	assert_int_equal(image_copies_find(&s.session, &names, NULL, &c, &err), -1);
	unit_assert_error(&err, ERR_FETCH, "look for copies in ap-south-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(they_are_found_by_their_tag_in_each_other_region),
		SCRATCH_TEST(what_others_have_copied_is_left_out),
		SCRATCH_TEST(none_of_many_is_forgotten),
		SCRATCH_TEST(a_region_that_refuses_is_left_out),
		SCRATCH_TEST(a_region_that_cannot_be_asked_ends_it),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
