/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Permissions of services that have no DryRun: EBS direct, Systems Manager, KMS. Calls
 * about a snapshot that no account has, or that only look, tell by how they are refused;
 * of the others it is said that they cannot be asked for.
 */
#include "core/doctor_services.h"

#include <string.h>

#include "aws/ebs.h"
#include "aws/kms.h"
#include "aws/service_error.h"
#include "aws/ssm.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "tree/hash.h"

enum { CALL_MS = 20000 };

#define NO_SNAPSHOT "snap-00000000000000000"
/* SHA-256 of nothing, in base64. */
#define NOTHING "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static const struct ebs_list_blocks list = { .snapshot_id = NO_SNAPSHOT };
static const struct ebs_get_block get = {
	.snapshot_id = NO_SNAPSHOT, .block_index = SHAPE_UINT_OF(0), .block_token = "AAAA"
};
static const struct ebs_complete_snapshot complete = { .snapshot_id = NO_SNAPSHOT,
	.changed_blocks_count = SHAPE_UINT_OF(0),
	.checksum = NOTHING,
	.checksum_algorithm = "SHA256",
	.checksum_aggregation_method = "LINEAR" };

static const struct probe {
	const char *name; /* as IAM writes it */
	const struct rest_action *action;
	const void *request;
} probes[] = {
	{ "ebs:ListSnapshotBlocks", &ebs_list_blocks_action, &list },
	{ "ebs:GetSnapshotBlock", &ebs_get_block_action, &get },
	{ "ebs:CompleteSnapshot", &ebs_complete_snapshot_action, &complete },
};

/* *ret_why is what kept it from being done; -1 with ERR_INTERRUPTED alone. */
static int ask(struct aws_client *client, const struct call_spec *what,
	struct aws_result *ret, struct error *ret_why, struct error *err)
{
	const struct aws_call call = { .action = *what,
		.deadline_ms = clock_now_ms() + CALL_MS };

	if (aws_client_call(client, &call, ret, ret_why) == 0 ||
		ret_why->code != ERR_INTERRUPTED)
		return 0;
	*err = *ret_why;
	return -1;
}

/* IAM is asked before the thing is looked for: what is not found is allowed. */
static void judge(const char *what, bool is_allowed, const struct aws_result *r,
	const struct error *why, struct doctor_report *ret)
{
	doctor_add_permission(ret, what, is_allowed,
		service_error_is(&r->refusal, "AccessDeniedException"), why);
}

static const struct probe *find_probe(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(name, probes[i].name))
			return &probes[i];
	return NULL;
}

static void say_unasked(const char *what, struct doctor_report *ret)
{
	doctor_add(ret, DOCTOR_WEAK, what,
		"it cannot be asked for without making something", DOCTOR_GIVE_POLICY);
}

static int try_probe(struct aws_client *ebs, const char *what,
	const struct call_spec *call, struct doctor_report *ret, struct error *err)
{
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct error why = ERROR_INIT;

	if (ask(ebs, call, &r, &why, err) < 0)
		return -1;
	judge(what, service_error_is(&r.refusal, "ResourceNotFoundException"), &r, &why,
		ret);
	return 0;
}

/* A block of zeros for the snapshot that nobody has. */
static int try_put(struct aws_client *ebs, const char *what, struct doctor_report *ret,
	struct error *err)
{
	CLEANUP(freep) uint8_t *block = xcalloc(1, EBS_BLOCK_BYTES);
	struct hash *hash = hash_new();
	uint8_t digest[SHA256_BYTES];
	char checksum[SHA256_BASE64_CHARS + 1];
	const struct ebs_put_block request = { .snapshot_id = NO_SNAPSHOT,
		.block_index = SHAPE_UINT_OF(0),
		.data_length_bytes = SHAPE_UINT_OF(EBS_BLOCK_BYTES),
		.checksum = checksum,
		.checksum_algorithm = "SHA256" };
	const struct call_spec call = { .rest = &ebs_put_block_action,
		.request = &request,
		.data = block,
		.data_bytes = EBS_BLOCK_BYTES,
		.data_sha256 = digest };

	hash_add(hash, block, EBS_BLOCK_BYTES);
	hash_end(hash, digest);
	hash_free(hash);
	hash_format_base64(digest, checksum);
	return try_probe(ebs, what, &call, ret, err);
}

static int try_ebs_action(struct aws_client *ebs, const char *name,
	struct doctor_report *ret, struct error *err)
{
	CLEANUP(freep) char *what = xasprintf("permission %s", name);
	const struct probe *probe = find_probe(name);
	struct call_spec call = { 0 };

	if (!strcmp(name, "ebs:PutSnapshotBlock"))
		return try_put(ebs, what, ret, err);
	if (!probe) {
		say_unasked(what, ret);
		return 0;
	}
	call.rest = probe->action;
	call.request = probe->request;
	return try_probe(ebs, what, &call, ret, err);
}

static int try_ebs(const struct aws_session *s, const struct plan_account *plan,
	struct doctor_report *ret, struct error *err)
{
	const struct call_spec any = { .rest = &ebs_list_blocks_action,
		.request = &list };
	CLEANUP(aws_client_freep) struct aws_client *ebs = NULL;
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct error why = ERROR_INIT;
	bool answers;

	if (aws_session_client(s, AWS_EBS, 1, &ebs, &why) == 0 &&
		ask(ebs, &any, &r, &why, err) < 0)
		return -1;
	/* Also a refusal shows that there is a way. */
	answers = doctor_is_service(&r, &why);
	doctor_add(ret, answers ? DOCTOR_GOOD : DOCTOR_MISSING, "network to EBS direct",
		answers ? "it answers" : why.msg,
		r.status ? DOCTOR_NOT_AWS
			 : "let this machine reach the endpoint, or name another one in "
			   "AWS_ENDPOINT_URL_EBS");
	for (const struct plan_action *a = plan_actions; answers && a->name; a++)
		if (!strncmp(a->name, "ebs:", 4) && plan_action_is_needed(plan, a) &&
			try_ebs_action(ebs, a->name, ret, err) < 0)
			return -1;
	return 0;
}

static int try_parameter(const struct aws_session *s, const char *name,
	struct doctor_report *ret, struct error *err)
{
	const struct ssm_get_parameter request = { .name = name };
	const struct call_spec call = { .rest = &ssm_get_parameter_action,
		.request = &request };
	CLEANUP(aws_client_freep) struct aws_client *ssm = NULL;
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct error why = ERROR_INIT;

	if (aws_session_client(s, AWS_SSM, 1, &ssm, &why) == 0 &&
		ask(ssm, &call, &r, &why, err) < 0)
		return -1;
	judge("permission ssm:GetParameter",
		why.code == ERR_NONE || service_error_is(&r.refusal, "ParameterNotFound"),
		&r, &why, ret);
	say_unasked("permission ssm:PutParameter", ret);
	return 0;
}

/* What EBS encrypts with: symmetric, and enabled. */
static void judge_key(
	const char *what, const struct kms_key *key, struct doctor_report *ret)
{
	const char *const pairs[][2] = { { key->state, "Enabled" },
		{ key->usage, "ENCRYPT_DECRYPT" }, { key->spec, "SYMMETRIC_DEFAULT" } };

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const char *has = pairs[i][0] ? pairs[i][0] : "not told";
		CLEANUP(freep)
		char *found = xasprintf("it is %s, and has to be %s", has, pairs[i][1]);

		if (strcmp(has, pairs[i][1]) != 0) {
			doctor_add(ret, DOCTOR_MISSING, what, found,
				"enable the key, or name another one in "
				"publish.kms-keys");
			return;
		}
	}
	doctor_add(ret, DOCTOR_GOOD, what, key->arn, NULL);
}

static int try_key(const struct aws_session *s, const char *region, const char *key,
	struct doctor_report *ret, struct error *err)
{
	const struct kms_describe_key request = { .key_id = key };
	const struct call_spec call = { .rest = &kms_describe_key_action,
		.request = &request };
	CLEANUP(freep) char *what = xasprintf("KMS key %s in %s", key, region);
	CLEANUP(aws_client_freep) struct aws_client *kms = NULL;
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	struct error why = ERROR_INIT;

	if (aws_session_client_in(s, AWS_KMS, region, &kms, &why) == 0 &&
		ask(kms, &call, &r, &why, err) < 0)
		return -1;
	if (r.answer)
		judge_key(what, &((const struct kms_describe_key_answer *)r.answer)->key,
			ret);
	else if (service_error_is(&r.refusal, "NotFoundException"))
		doctor_add(ret, DOCTOR_MISSING, what, "there is none",
			"make the key, or name another one in publish.kms-keys");
	else
		judge(what, false, &r, &why, ret);
	return 0;
}

int doctor_services(const struct aws_session *s, const struct plan_account *plan,
	struct doctor_report *ret, struct error *err)
{
	const struct recipe_publish *p = &plan->recipe->publish;
	const struct recipe_map *keys = &p->kms_keys;

	if (try_ebs(s, plan, ret, err) < 0 ||
		(p->parameter && try_parameter(s, p->parameter, ret, err) < 0))
		return -1;
	for (size_t i = 0; i < keys->names.count; i++)
		if (try_key(s, keys->names.items[i], keys->values.items[i], ret, err) < 0)
			return -1;
	return 0;
}
