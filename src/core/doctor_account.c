/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "aws/ec2_sharing.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/doctor.h"
#include "core/doctor_services.h"
#include "core/ec2_calls.h"
#include "core/image_share.h"
#include "core/plan_account.h"
#include "core/run_begin.h"

enum {
	PENDING_MOST = 100, /* EBS's quota L-94D7AB7D, adjustable */
};

/* Ids that no account has: with DryRun it is looked whether the call is allowed. */
#define NO_IMAGE "ami-00000000000000000"
#define NO_SNAPSHOT "snap-00000000000000000"

#define ANOTHER_REGION \
	"name a region that the account has enabled and that this machine reaches"

static const char *const no_image = NO_IMAGE;
static const struct ec2_tag any_tag = { "amiwright:state", "unfinished" };
static const struct ec2_launch_permission any_user = { .user_id = "111122223333" };
static const struct ec2_volume_permission any_account = { .user_id = "111122223333" };

static const struct ec2_describe_images describe_images = { .dry_run = SHAPE_TRUE,
	.max_results = SHAPE_UINT_OF(5) };
static const struct ec2_describe_snapshots describe_snapshots = { .dry_run = SHAPE_TRUE,
	.max_results = SHAPE_UINT_OF(5) };
static const struct ec2_register_image register_image = { .dry_run = SHAPE_TRUE,
	.name = "amiwright-doctor",
	.architecture = "x86_64",
	.virtualization_type = "hvm",
	.root_device_name = "/dev/xvda" };
static const struct ec2_copy_image copy_image = { .dry_run = SHAPE_TRUE,
	.name = "amiwright-doctor",
	.source_image_id = NO_IMAGE,
	.source_region = "us-east-1" };
static const struct ec2_create_tags create_tags = {
	.dry_run = SHAPE_TRUE, .resource_ids = { &no_image, 1 }, .tags = { &any_tag, 1 }
};
static const struct ec2_deregister_image deregister_image = { .dry_run = SHAPE_TRUE,
	.image_id = NO_IMAGE };
static const struct ec2_delete_snapshot delete_snapshot = { .dry_run = SHAPE_TRUE,
	.snapshot_id = NO_SNAPSHOT };
static const struct ec2_describe_image_attribute describe_image_attribute = {
	.dry_run = SHAPE_TRUE, .image_id = NO_IMAGE, .attribute = "launchPermission"
};
static const struct ec2_modify_image_attribute modify_image = { .dry_run = SHAPE_TRUE,
	.image_id = NO_IMAGE,
	.launch_permission = { .add = { &any_user, 1 } } };
static const struct ec2_describe_snapshot_attribute describe_snapshot_attribute = {
	.dry_run = SHAPE_TRUE,
	.snapshot_id = NO_SNAPSHOT,
	.attribute = "createVolumePermission"
};
static const struct ec2_modify_snapshot_attribute modify_snapshot = { .dry_run =
									      SHAPE_TRUE,
	.snapshot_id = NO_SNAPSHOT,
	.create_volume_permission = { .add = { &any_account, 1 } } };
static const struct ec2_dry_run dry_run = { SHAPE_TRUE };
static const struct ec2_enable_image_deprecation deprecation = { .dry_run = SHAPE_TRUE,
	.image_id = NO_IMAGE,
	.deprecate_at = "2099-01-01T00:00:00Z" };
static const struct ec2_image_protection protection = { .dry_run = SHAPE_TRUE,
	.image_id = NO_IMAGE };

static const struct probe {
	const struct query_action *action;
	const void *request;
} probes[] = {
	{ &ec2_describe_images_action, &describe_images },
	{ &ec2_describe_snapshots_action, &describe_snapshots },
	{ &ec2_register_image_action, &register_image },
	{ &ec2_copy_image_action, &copy_image },
	{ &ec2_create_tags_action, &create_tags },
	{ &ec2_deregister_image_action, &deregister_image },
	{ &ec2_delete_snapshot_action, &delete_snapshot },
	{ &ec2_describe_image_attribute_action, &describe_image_attribute },
	{ &ec2_modify_image_attribute_action, &modify_image },
	{ &ec2_describe_snapshot_attribute_action, &describe_snapshot_attribute },
	{ &ec2_modify_snapshot_attribute_action, &modify_snapshot },
	{ &ec2_get_image_block_public_access_action, &dry_run },
	{ &ec2_enable_image_deprecation_action, &deprecation },
	{ &ec2_enable_image_protection_action, &protection },
	{ &ec2_disable_image_protection_action, &protection },
};

static const struct probe *find_probe(const char *iam_name)
{
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strncmp(iam_name, "ec2:", 4) &&
			!strcmp(iam_name + 4, probes[i].action->name))
			return &probes[i];
	return NULL;
}

/* `r` is what the service has said to a DryRun. */
static void judge_permission(const char *what, const struct aws_result *r,
	const struct error *why, struct doctor_report *ret)
{
	doctor_add_permission(ret, what,
		why->code == ERR_NONE || ec2_refused(r, "DryRunOperation"),
		ec2_refused(r, "UnauthorizedOperation"), why);
}

static int try_permissions(struct aws_client *ec2, const struct plan_account *plan,
	struct doctor_report *ret, struct error *err)
{
	for (const struct plan_action *a = plan_actions; a->name; a++) {
		const struct probe *probe = find_probe(a->name);
		CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
		CLEANUP(freep) char *what = NULL;
		struct error why = ERROR_INIT;

		if (!probe || !plan_action_is_needed(plan, a))
			continue;
		what = xasprintf("permission %s", a->name);
		(void)ec2_call(ec2, probe->action, probe->request, 0, &r, &why);
		if (why.code == ERR_INTERRUPTED) {
			*err = why;
			return -1;
		}
		judge_permission(what, &r, &why, ret);
	}
	return 0;
}

/* An account's policies may allow in one region what they do not in another: of those
 * where the image goes, what is not allowed is told, and else how much is. */
static int try_permissions_in(struct aws_client *ec2, const struct plan_account *plan,
	enum doctor_verdict otherwise, struct doctor_report *ret, struct error *err)
{
	CLEANUP(doctor_report_releasep) struct doctor_report there = { 0 };
	const char *region = aws_client_region(ec2);
	CLEANUP(freep) char *all = xasprintf("permissions in %s", region);
	CLEANUP(freep) char *count = NULL;
	bool is_good = true;

	if (try_permissions(ec2, plan, &there, err) < 0)
		return -1;
	for (size_t i = 0; i < there.count; i++) {
		const struct doctor_finding *f = &there.items[i];
		CLEANUP(freep) char *what = xasprintf("%s in %s", f->what, region);

		if (f->verdict == DOCTOR_GOOD)
			continue;
		is_good = false;
		doctor_add(ret, f->verdict == DOCTOR_MISSING ? otherwise : f->verdict,
			what, f->found, f->remedy);
	}
	count = xasprintf("%zu of EC2 are allowed", there.count);
	if (is_good)
		doctor_add(ret, DOCTOR_GOOD, all, count, NULL);
	return 0;
}

/* Whether EC2 answers there, which is told. */
static bool region_answers(
	struct aws_client *ec2, enum doctor_verdict otherwise, struct doctor_report *ret)
{
	CLEANUP(freep) char *what = xasprintf("region %s", aws_client_region(ec2));
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct error why = ERROR_INIT;
	const char *remedy = NULL;

	(void)ec2_call(ec2, &ec2_describe_images_action, &describe_images, 0, &r, &why);
	if (!r.status || ec2_refused(&r, "AuthFailure") ||
		ec2_refused(&r, "OptInRequired"))
		remedy = ANOTHER_REGION;
	else if (!doctor_is_service(&r, &why))
		remedy = DOCTOR_NOT_AWS;
	doctor_add(ret, remedy ? otherwise : DOCTOR_GOOD, what,
		remedy ? why.msg : "it answers", remedy);
	return !remedy;
}

static void check_public(struct aws_client *ec2, const struct plan_account *plan,
	enum doctor_verdict otherwise, struct doctor_report *ret)
{
	CLEANUP(freep)
	char *what = xasprintf("public images in %s", aws_client_region(ec2));
	struct error why = ERROR_INIT;

	if (plan->recipe->publish.public && image_share_check_public(ec2, &why) < 0)
		doctor_add(ret, otherwise, what, why.msg, NULL);
}

/* One that the image is published to. */
static int try_region(const struct aws_session *s, const char *region,
	const struct plan_account *plan, enum doctor_verdict otherwise,
	struct doctor_report *ret, struct error *err)
{
	CLEANUP(freep) char *what = xasprintf("region %s", region);
	CLEANUP(aws_client_freep) struct aws_client *ec2 = NULL;
	struct error why = ERROR_INIT;

	if (aws_session_client_in(s, AWS_EC2, region, &ec2, &why) < 0) {
		doctor_add(ret, otherwise, what, why.msg, ANOTHER_REGION);
		return 0;
	}
	if (!region_answers(ec2, otherwise, ret))
		return 0;
	check_public(ec2, plan, otherwise, ret);
	return try_permissions_in(ec2, plan, otherwise, ret, err);
}

static int try_regions(const struct aws_session *s, const struct strv *regions,
	const struct plan_account *plan, enum doctor_verdict otherwise,
	struct doctor_report *ret, struct error *err)
{
	/* The one at home was tried, and its permissions are told one by one. */
	for (size_t i = 0; i < regions->count; i++)
		if (strcmp(regions->items[i], s->region) != 0 &&
			try_region(s, regions->items[i], plan, otherwise, ret, err) < 0)
			return -1;
	return 0;
}

static void count_pending(struct aws_client *ec2, struct doctor_report *ret)
{
	static const char *const pending = "pending";
	const struct ec2_filter filter = { "status", { &pending, 1 } };
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	CLEANUP(freep) char *text = NULL;
	struct error why = ERROR_INIT;

	if (ec2_snapshots_find(ec2, &filter, 1, &found, &why) < 0)
		return; /* the permission is looked at for itself */
	text = xasprintf("%zu snapshot%s pending", found.count,
		found.count == 1 ? " is" : "s are");
	doctor_add(ret, found.count < PENDING_MOST ? DOCTOR_GOOD : DOCTOR_WEAK,
		"quota of pending snapshots", text,
		"by default an account can have 100: wait, or ask AWS for more");
}

static int tell_account(
	const struct aws_session *s, struct doctor_report *ret, struct error *err)
{
	CLEANUP(freep) char *account = NULL;
	CLEANUP(freep) char *caller = NULL;
	CLEANUP(freep) char *what = NULL;

	if (run_caller(s, &account, &caller, err) < 0)
		return -1;
	if (!strcmp(account, RUN_ACCOUNT_UNKNOWN)) {
		doctor_add(ret, DOCTOR_WEAK, "account", NULL,
			"STS does not tell: are the credentials good?");
		return 0;
	}
	what = xasprintf(
		"account %s%s%s", account, caller ? ", as " : "", caller ? caller : "");
	doctor_add(ret, DOCTOR_GOOD, what, account, NULL);
	return 0;
}

static int look_around(const struct aws_session *s, struct aws_client *ec2,
	const struct recipe *r, struct doctor_report *ret, struct error *err)
{
	static const struct recipe none;
	const struct plan_account plan = { .recipe = r ? r : &none, .region = s->region };
	const struct recipe_publish *publish = &plan.recipe->publish;
	bool answers;

	if (tell_account(s, ret, err) < 0)
		return -1;
	answers = region_answers(ec2, DOCTOR_MISSING, ret);
	if (answers)
		check_public(ec2, &plan, DOCTOR_MISSING, ret);
	if (try_regions(s, &publish->regions, &plan, DOCTOR_MISSING, ret, err) < 0 ||
		try_regions(s, &publish->best_effort, &plan, DOCTOR_WEAK, ret, err) < 0 ||
		doctor_services(s, &plan, ret, err) < 0)
		return -1;
	if (!answers)
		return 0;
	count_pending(ec2, ret);
	return try_permissions(ec2, &plan, ret, err);
}

/* What is wrong with a profile is no matter of regions. */
static bool has_profile(const struct aws_session_spec *spec, struct doctor_report *ret)
{
	CLEANUP(aws_config_freep) struct aws_config *config = NULL;
	struct error why = ERROR_INIT;

	if (aws_config_load(spec->profile, &config, &why) == 0)
		return true;
	doctor_add(ret, DOCTOR_MISSING, "profile", why.msg,
		why.code == ERR_USAGE ? "name one that is there, in --profile or "
					"AWS_PROFILE, or make it with 'aws configure "
					"--profile'"
				      : "amiwright-upload(1) says what is read");
	return false;
}

int doctor_account(const struct aws_session_spec *spec, const struct recipe *r,
	struct doctor_report *ret, struct error *err)
{
	CLEANUP(aws_session_releasep) struct aws_session session = { 0 };
	CLEANUP(aws_client_freep) struct aws_client *ec2 = NULL;
	CLEANUP(aws_credentials_unrefp) struct aws_credentials *keys = NULL;
	struct error why = ERROR_INIT;

	if (!has_profile(spec, ret))
		return 0;
	if (aws_session_open(spec, &session, &why) < 0 ||
		aws_session_client(&session, AWS_EC2, 0, &ec2, &why) < 0) {
		doctor_add(ret, DOCTOR_MISSING, "region and profile", why.msg,
			"give --region, or set AWS_REGION; amiwright-upload(1) says what "
			"is read");
		return 0;
	}
	if (credentials_provider_get(session.credentials, &keys, &why) < 0) {
		if (why.code == ERR_INTERRUPTED) {
			*err = why;
			return -1;
		}
		doctor_add(ret, DOCTOR_MISSING, "credentials", why.msg,
			"amiwright-upload(1) says what is read");
		return 0;
	}
	doctor_add(ret, DOCTOR_GOOD, "credentials", "found", NULL);
	return look_around(&session, ec2, r, ret, err);
}
