/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_file.h"

#include <signal.h>
#include <sys/stat.h>

#include "base/size.h"
#include "service_support.h"
#include "unit.h"

#define IMAGE(snapshot)                                                              \
	"{\"path\": \"/\", \"body\": \"<DescribeImagesResponse><imagesSet><item>"    \
	"<imageId>ami-1</imageId><imageState>available</imageState><rootDeviceName>" \
	"/dev/xvda</rootDeviceName><blockDeviceMapping><item><deviceName>/dev/sdf"   \
	"</deviceName><ebs><snapshotId>snap-9</snapshotId></ebs></item><item>"       \
	"<deviceName>/dev/xvda</deviceName>" snapshot                                \
	"</item></blockDeviceMapping></item></imagesSet></DescribeImagesResponse>\"}"
#define ROOT "<ebs><snapshotId>snap-1</snapshotId></ebs>"
#define NO_IMAGE                       \
	"{\"path\": \"/\", \"body\": " \
	"\"<DescribeImagesResponse><imagesSet/></DescribeImagesResponse>\"}"
#define SNAPSHOT(members)                                                              \
	"{\"path\": \"/\", \"body\": \"<DescribeSnapshotsResponse><snapshotSet>"       \
	"<item><snapshotId>snap-1</snapshotId><ownerId>210987654321</ownerId>" members \
	"</item></snapshotSet></DescribeSnapshotsResponse>\"}"
#define NO_SNAPSHOT                    \
	"{\"path\": \"/\", \"body\": " \
	"\"<DescribeSnapshotsResponse><snapshotSet/></DescribeSnapshotsResponse>\"}"
#define LIST                                                                          \
	"{\"path\": \"/snapshots/snap-1/blocks?\", \"body\": \"{\\\"VolumeSize\\\": " \
	"1, \\\"BlockSize\\\": 524288, \\\"Blocks\\\": [{\\\"BlockIndex\\\": 7, "     \
	"\\\"BlockToken\\\": \\\"u\\\"}]}\"}"
#define REFUSED "{\"path\": \"/snapshots/\", \"status\": 403, \"times\": 0}"
#define GET                                                                            \
	"{\"path\": \"/snapshots/snap-1/blocks/7?blockToken=u\", \"body\": "           \
	"{\"bytes\": 524288}, \"headers\": {\"x-amz-Checksum\": "                      \
	"\"YdHZxXRb2qT6s5JAZRvCQqUYaxU5P9R1CC/PboT0AKs=\", \"x-amz-Checksum-Algorithm" \
	"\": \"SHA256\"}}"

static int open_it(
	const char *dir, const char *id, const char *answers, int *fd, struct error *err)
{
	CLEANUP(freep) char *script = xasprintf("{\"answers\": [%s]}", answers);
	CLEANUP(freep) char *url = NULL;
	CLEANUP(fake_freep) struct fake *fake = NULL;
	struct aws_session_spec spec = { 0 };

	service_environment();
	fake = fake_start(dir, script);
	url = fake_url(fake, "");
	spec.endpoint_url = url;
	return snapshot_file_open(&spec, id, dir, NULL, fd, err);
}

static void the_root_volume_is_fetched(void **state)
{
	static const struct {
		const char *id, *answers;
	} cases[] = {
		{ "ami-1", LIST ", " GET ", " IMAGE(ROOT) },
		{ "snap-1", LIST ", " GET },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(fd_closep) int fd = -1;
		struct error err = ERROR_INIT;
		uint8_t byte = 0xff;
		struct stat st;

		if (open_it(*state, cases[i].id, cases[i].answers, &fd, &err) < 0)
			fail_msg("%s", err.msg);
		assert_int_equal(fstat(fd, &st), 0);
		assert_int_equal(st.st_size, GIB);
		assert_int_equal(st.st_nlink, 0);
		assert_int_equal(pread(fd, &byte, 1, 6 * EBS_BLOCK_BYTES), 1);
		assert_int_equal(byte, 0);
		assert_int_equal(pread(fd, &byte, 1, 7 * EBS_BLOCK_BYTES + 3), 1);
		assert_int_equal(byte, 3);
	}
}

static void refusals_say_why(void **state)
{
	static const struct {
		const char *id, *answers;
		enum err_code code;
		const char *message;
	} cases[] = {
		{ "ami-1", NO_IMAGE, ERR_FETCH, "there is no image ami-1 in eu-west-1" },
		{ "ami-1", IMAGE("<virtualName>ephemeral0</virtualName>"), ERR_FORMAT,
			"is made of no snapshot: it is instance store" },
		{ "snap-1", REFUSED ", " NO_SNAPSHOT, ERR_FETCH,
			"none of this account's snapshots in eu-west-1" },
		{ "snap-1", REFUSED ", " SNAPSHOT("<status>pending</status>"), ERR_FETCH,
			"snap-1 is pending, and only completed ones can be read" },
		{ "snap-1",
			REFUSED ", " SNAPSHOT("<status>completed</status><encrypted>true"
					      "</encrypted><kmsKeyId>key-7</kmsKeyId>"),
			ERR_FETCH, "encrypted with key-7, and these credentials need" },
		{ "snap-1", REFUSED ", " SNAPSHOT("<status>completed</status>"),
			ERR_FETCH, "ebs:GetSnapshotBlock for snap-1, of account 210987" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error err = ERROR_INIT;
		int fd = -1;

		assert_int_equal(
			open_it(*state, cases[i].id, cases[i].answers, &fd, &err), -1);
		unit_assert_error(&err, cases[i].code, cases[i].message);
		assert_int_equal(fd, -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(the_root_volume_is_fetched),
		SCRATCH_TEST(refusals_say_why),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
