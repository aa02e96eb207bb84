/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_share.h"

#include <stdlib.h>
#include <string.h>

#include "aws/ec2_sharing.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/ec2_calls.h"

void image_share_compare(const struct image_share *share, const struct strv *has,
	struct strv *ret_add, struct strv *ret_remove)
{
	const struct strv *wanted = share->wanted;

	for (size_t i = 0; i < wanted->count; i++)
		if (!strv_contains(has, wanted->items[i]) &&
			!strv_contains(ret_add, wanted->items[i]))
			strv_add(ret_add, wanted->items[i]);
	for (size_t i = 0; share->is_exact && i < has->count; i++)
		if (!strv_contains(wanted, has->items[i]))
			strv_add(ret_remove, has->items[i]);
}

static bool is_dry_run(const struct image_share *share)
{
	return share->teller && share->teller->is_dry_run;
}

static void tell_one(const struct image_share *share, struct aws_client *ec2,
	const char *what, const char *holder, const char *no_longer)
{
	const char *region = aws_client_region(ec2);

	if (strcmp(holder, IMAGE_SHARE_ALL) != 0)
		change_tell(share->teller, region, what, "%sshared with %s", no_longer,
			holder);
	else
		change_tell(share->teller, region, what, "%spublic%s", no_longer,
			is_dry_run(share) || *no_longer ? "" : " now");
}

/* 1, or 0: there was nothing to be changed. */
static int tell(const struct image_share *share, struct aws_client *ec2, const char *what,
	const struct strv *added, const struct strv *removed)
{
	for (size_t i = 0; share->teller && i < added->count; i++)
		tell_one(share, ec2, what, added->items[i], "");
	for (size_t i = 0; share->teller && i < removed->count; i++)
		tell_one(share, ec2, what, removed->items[i], "no longer ");
	return added->count || removed->count;
}

static void add_holder(struct strv *to, const char *const *holders, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (holders[i])
			strv_add(to, holders[i]);
}

static int read_launch(struct aws_client *ec2, const char *image_id, uint64_t made_at_ms,
	struct strv *ret, struct error *err)
{
	const struct ec2_describe_image_attribute request = { .image_id = image_id,
		.attribute = "launchPermission" };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ec2_launch_permission *items;
	const struct shape_list *list;

	if (ec2_call(ec2, &ec2_describe_image_attribute_action, &request, made_at_ms, &r,
		    err) < 0)
		return error_context(err, "ask who may launch %s", image_id);
	list = &((const struct ec2_image_attribute *)r.answer)->launch_permissions;
	items = list->items;
	for (size_t i = 0; i < list->count; i++) {
		const char *const holders[] = { items[i].user_id, items[i].group,
			items[i].organization_arn, items[i].organizational_unit_arn };

		add_holder(ret, holders, ARRAY_SIZE(holders));
	}
	return 0;
}

static struct ec2_launch_permission permission_of(const char *holder)
{
	if (!strcmp(holder, IMAGE_SHARE_ALL))
		return (struct ec2_launch_permission){ .group = holder };
	if (strncmp(holder, "arn:", 4) != 0)
		return (struct ec2_launch_permission){ .user_id = holder };
	if (strstr(holder, ":ou/"))
		return (struct ec2_launch_permission){ .organizational_unit_arn =
							       holder };
	return (struct ec2_launch_permission){ .organization_arn = holder };
}

static struct shape_list launch_list(const struct strv *holders)
{
	struct ec2_launch_permission *items = xcalloc(holders->count + 1, sizeof(*items));

	for (size_t i = 0; i < holders->count; i++)
		items[i] = permission_of(holders->items[i]);
	return (struct shape_list){ items, holders->count };
}

/* One way at a time: who cannot be added then leaves the others as they are. */
static int write_launch(struct aws_client *ec2, const char *image_id, uint64_t made_at_ms,
	const struct strv *add, const struct strv *remove, struct error *err)
{
	struct ec2_modify_image_attribute request = { .image_id = image_id };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	int rc;

	request.launch_permission.add = launch_list(add);
	request.launch_permission.remove = launch_list(remove);
	rc = ec2_call(
		ec2, &ec2_modify_image_attribute_action, &request, made_at_ms, &r, err);
	free((void *)request.launch_permission.add.items);
	free((void *)request.launch_permission.remove.items);
	return rc < 0 ? error_context(err, "change who may launch %s", image_id) : 0;
}

int image_share_launch(struct aws_client *ec2, const char *image_id, uint64_t made_at_ms,
	const struct image_share *share, struct error *err)
{
	static const struct strv none = STRV_INIT;
	CLEANUP(strv_releasep) struct strv has = STRV_INIT;
	CLEANUP(strv_releasep) struct strv add = STRV_INIT, remove = STRV_INIT;

	if (!share->wanted->count && !share->is_exact)
		return 0;
	if (image_id && read_launch(ec2, image_id, made_at_ms, &has, err) < 0)
		return -1;
	image_share_compare(share, &has, &add, &remove);
	if (is_dry_run(share))
		return tell(share, ec2, image_id ? image_id : "the copy", &add, &remove);
	if (add.count && write_launch(ec2, image_id, made_at_ms, &add, &none, err) < 0)
		return -1;
	if (remove.count &&
		write_launch(ec2, image_id, made_at_ms, &none, &remove, err) < 0)
		return -1;
	return tell(share, ec2, image_id, &add, &remove);
}

static int read_snapshot(struct aws_client *ec2, const char *snapshot_id,
	uint64_t made_at_ms, struct strv *ret, struct error *err)
{
	const struct ec2_describe_snapshot_attribute request = {
		.snapshot_id = snapshot_id, .attribute = "createVolumePermission"
	};
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ec2_volume_permission *items;
	const struct shape_list *list;

	if (ec2_call(ec2, &ec2_describe_snapshot_attribute_action, &request, made_at_ms,
		    &r, err) < 0)
		return error_context(err, "ask who may use %s", snapshot_id);
	list = &((const struct ec2_snapshot_attribute *)r.answer)->volume_permissions;
	items = list->items;
	for (size_t i = 0; i < list->count; i++) {
		const char *const holders[] = { items[i].user_id, items[i].group };

		add_holder(ret, holders, ARRAY_SIZE(holders));
	}
	return 0;
}

static struct shape_list volume_list(const struct strv *holders)
{
	struct ec2_volume_permission *items = xcalloc(holders->count + 1, sizeof(*items));

	for (size_t i = 0; i < holders->count; i++) {
		if (!strcmp(holders->items[i], IMAGE_SHARE_ALL))
			items[i].group = holders->items[i];
		else
			items[i].user_id = holders->items[i];
	}
	return (struct shape_list){ items, holders->count };
}

static int write_snapshot(struct aws_client *ec2, const char *snapshot_id,
	uint64_t made_at_ms, const struct strv *add, const struct strv *remove,
	struct error *err)
{
	struct ec2_modify_snapshot_attribute request = { .snapshot_id = snapshot_id };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	int rc;

	request.create_volume_permission.add = volume_list(add);
	request.create_volume_permission.remove = volume_list(remove);
	rc = ec2_call(ec2, &ec2_modify_snapshot_attribute_action, &request, made_at_ms,
		&r, err);
	free((void *)request.create_volume_permission.add.items);
	free((void *)request.create_volume_permission.remove.items);
	return rc < 0 ? error_context(err, "change who may use %s", snapshot_id) : 0;
}

int image_share_snapshot(struct aws_client *ec2, const char *snapshot_id,
	uint64_t made_at_ms, const struct image_share *share, struct error *err)
{
	static const struct strv none = STRV_INIT;
	CLEANUP(strv_releasep) struct strv has = STRV_INIT, accounts = STRV_INIT;
	CLEANUP(strv_releasep) struct strv add = STRV_INIT, remove = STRV_INIT;
	const struct image_share of_accounts = { &accounts, share->is_exact,
		share->teller };
	CLEANUP(freep)
	char *what = xasprintf("snapshot %s", snapshot_id ? snapshot_id : "");

	for (size_t i = 0; i < share->wanted->count; i++)
		if (permission_of(share->wanted->items[i]).user_id)
			strv_add(&accounts, share->wanted->items[i]);
	if (!accounts.count && !share->is_exact)
		return 0;
	if (snapshot_id && read_snapshot(ec2, snapshot_id, made_at_ms, &has, err) < 0)
		return -1;
	image_share_compare(&of_accounts, &has, &add, &remove);
	if (is_dry_run(share))
		return tell(share, ec2, snapshot_id ? what : "each snapshot of the copy",
			&add, &remove);
	if (add.count &&
		write_snapshot(ec2, snapshot_id, made_at_ms, &add, &none, err) < 0)
		return -1;
	if (remove.count &&
		write_snapshot(ec2, snapshot_id, made_at_ms, &none, &remove, err) < 0)
		return -1;
	return tell(share, ec2, what, &add, &remove);
}

int image_share_check_public(struct aws_client *ec2, struct error *err)
{
	static const struct ec2_dry_run request = { 0 };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ec2_image_block_public_access *answer;
	const char *region = aws_client_region(ec2);

	if (ec2_call(ec2, &ec2_get_image_block_public_access_action, &request, 0, &r,
		    err) < 0)
		return ec2_refused(&r, "InvalidAction")
			       ? 0
			       : error_context(err, "ask whether images may be public");
	answer = r.answer;
	if (!answer->state || strcmp(answer->state, "block-new-sharing") != 0)
		return 0;
	if (answer->managed_by && strcmp(answer->managed_by, "account") != 0)
		return error_set(err, ERR_TARGET, 0,
			"public images are blocked in %s by a declarative policy of the "
			"organisation: its administrator can allow them",
			region);
	return error_set(err, ERR_TARGET, 0,
		"public images are blocked in %s; 'aws ec2 disable-image-block-public-"
		"access --region %s' allows them, for all images of the account there",
		region, region);
}
