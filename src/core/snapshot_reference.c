/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_reference.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/image.h"
#include "core/image_reference.h"
#include "core/snapshot.h"

bool snapshot_reference_is_one(const char *text)
{
	return snapshot_id_is_one(text) || image_reference_is_one(text);
}

int snapshot_reference_check(const char *text, struct error *err)
{
	if (snapshot_reference_is_one(text))
		return 0;
	return error_set(err, ERR_USAGE, 0,
		"'%s' is neither the id of a snapshot (snap-0123456789abcdef0) nor that "
		"of an image (ami-0123456789abcdef0), nor resolve:ssm:PARAMETER",
		text);
}

/* The snapshot of the image's root volume. */
static int find_root(const struct aws_session *session, const char *image_id,
	char **ret_id, struct error *err)
{
	CLEANUP(aws_client_freep) struct aws_client *ec2 = NULL;
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	const char *id;

	if (aws_session_client(session, AWS_EC2, 0, &ec2, err) < 0 ||
		ec2_image_find(ec2, image_id, 0, &found, err) < 0)
		return -1;
	if (!found.count || !image_is_there(ec2_image_at(&found, 0)))
		return error_set(err, ERR_FETCH, 0,
			"there is no image %s in %s, or it is not shared with this "
			"account",
			image_id, session->region);
	id = image_root_snapshot(ec2_image_at(&found, 0));
	if (!id)
		return error_set(err, ERR_FORMAT, 0,
			"the root device of %s is made of no snapshot: it is instance "
			"store",
			image_id);
	if (snapshot_id_check(id, err) < 0)
		return -1;
	*ret_id = xstrdup(id);
	return 0;
}

int snapshot_reference_resolve(const struct aws_session *session, const char *text,
	struct progress *p, char **ret_id, struct error *err)
{
	CLEANUP(freep) char *image_id = NULL;

	if (snapshot_reference_check(text, err) < 0)
		return -1;
	if (snapshot_id_is_one(text)) {
		*ret_id = xstrdup(text);
		return 0;
	}
	if (image_reference_resolve(session, text, p, &image_id, err) < 0)
		return -1;
	return find_root(session, image_id, ret_id, err);
}
