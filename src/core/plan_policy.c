/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least IAM policy: a statement for each kind of resource.
 */
#include <string.h>

#include "aws/region.h"
#include "base/cleanup.h"
#include "base/strv.h"
#include "core/kms_key.h"
#include "core/plan_account.h"
#include "core/run_tags.h"

static const char *partition_of(const struct plan_account *a)
{
	const struct region_partition *p = a->region ? region_partition(a->region) : NULL;

	return p ? p->name : "aws";
}

static void add_regions(const struct plan_account *a, struct json *j)
{
	const struct recipe_publish *publish = &a->recipe->publish;

	json_add_string(j, NULL, a->region);
	for (size_t i = 0; i < publish->regions.count; i++)
		if (strcmp(publish->regions.items[i], a->region) != 0)
			json_add_string(j, NULL, publish->regions.items[i]);
	for (size_t i = 0; i < publish->best_effort.count; i++)
		json_add_string(j, NULL, publish->best_effort.items[i]);
}

static void add_conditions(const struct plan_account *a, enum plan_on on, struct json *j)
{
	if (!a->region && on != PLAN_ON_OURS && on != PLAN_ON_KEYS)
		return;
	json_object_begin(j, "Condition");
	if (a->region) {
		json_object_begin(j, "StringEquals");
		json_array_begin(j, "aws:RequestedRegion");
		add_regions(a, j);
		json_array_end(j);
		json_object_end(j);
	}
	if (on == PLAN_ON_OURS || on == PLAN_ON_KEYS) {
		json_object_begin(j, "StringLike");
		if (on == PLAN_ON_OURS)
			json_add_string(j, "aws:ResourceTag/" RUN_TAG_ID, "*");
		else
			json_add_string(j, "kms:ViaService", "ec2.*.amazonaws.com");
		json_object_end(j);
	}
	json_object_end(j);
}

/* A key that is told by its id or an alias: of any account, but through EC2 alone. */
static void add_keys(const struct plan_account *a, struct json *j)
{
	const struct strv *keys = &a->recipe->publish.kms_keys.values;
	bool all_are_arns = keys->count > 0;

	for (size_t i = 0; i < keys->count; i++)
		all_are_arns &= kms_key_is_arn(keys->items[i]);
	json_array_begin(j, "Resource");
	for (size_t i = 0; all_are_arns && i < keys->count; i++)
		json_add_string(j, NULL, keys->items[i]);
	if (!all_are_arns)
		json_add_string(j, NULL, "*");
	json_array_end(j);
}

static void add_arns(
	const struct plan_account *a, const char *const *ends, struct json *j)
{
	json_array_begin(j, "Resource");
	for (; *ends; ends++) {
		CLEANUP(strbuf_releasep) struct strbuf arn = STRBUF_INIT;

		strbuf_addf(&arn, "arn:%s:%s", partition_of(a), *ends);
		json_add_string(j, NULL, arn.data);
	}
	json_array_end(j);
}

static void add_resources(const struct plan_account *a, enum plan_on on, struct json *j)
{
	static const char *const things[] = { "ec2:*::image/*", "ec2:*::snapshot/*",
		NULL };
	const char *name = a->recipe->publish.parameter;
	CLEANUP(strbuf_releasep) struct strbuf parameter = STRBUF_INIT;
	const char *ends[] = { NULL, NULL };

	switch (on) {
	case PLAN_ON_THINGS:
	case PLAN_ON_OURS:
		add_arns(a, things, j);
		return;
	case PLAN_ON_PARAMETER:
		strbuf_addf(&parameter, "ssm:*:*:parameter/%s", name + (*name == '/'));
		ends[0] = parameter.data;
		add_arns(a, ends, j);
		return;
	case PLAN_ON_KEYS:
		add_keys(a, j);
		return;
	case PLAN_ON_ALL:
	case PLAN_ON_KEY_NAMES:
	case PLAN_ONS:
		json_add_string(j, "Resource", "*");
		return;
	}
}

static void add_statement(const struct plan_account *a, enum plan_on on, struct json *j)
{
	static const char *const sids[PLAN_ONS] = {
		[PLAN_ON_ALL] = "Look",
		[PLAN_ON_THINGS] = "MakeAndShare",
		[PLAN_ON_OURS] = "RemoveOwn",
		[PLAN_ON_PARAMETER] = "Parameter",
		[PLAN_ON_KEY_NAMES] = "LookUpKeys",
		[PLAN_ON_KEYS] = "Keys",
	};
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;

	for (const struct plan_action *x = plan_actions; x->name; x++)
		if (x->on == on && plan_action_is_needed(a, x))
			strv_add(&names, x->name);
	if (!names.count)
		return;
	json_object_begin(j, NULL);
	json_add_string(j, "Sid", sids[on]);
	json_add_string(j, "Effect", "Allow");
	json_array_begin(j, "Action");
	for (size_t i = 0; i < names.count; i++)
		json_add_string(j, NULL, names.items[i]);
	json_array_end(j);
	add_resources(a, on, j);
	add_conditions(a, on, j);
	json_object_end(j);
}

void plan_policy_json(const struct plan_account *a, struct json *j)
{
	json_add_string(j, "Version", "2012-10-17");
	json_array_begin(j, "Statement");
	for (unsigned int on = 0; on < PLAN_ONS; on++)
		add_statement(a, (enum plan_on)on, j);
	json_array_end(j);
}
