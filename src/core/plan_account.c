/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/plan_account.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "base/wrap.h"
#include "core/kms_key.h"
#include "core/price.h"
#include "core/regions.h"
#include "core/upload_source.h"
#include "disk/zero.h"

enum {
	COLUMNS = 80,
	NAME_COLUMNS = 42,
	PUTS_A_SECOND = 1000, /* of a snapshot: EBS's quota L-1774F84A, fixed */
};

/* In the order in which they come. */
const struct plan_action plan_actions[] = {
	{ "ebs:StartSnapshot", PLAN_ON_THINGS, PLAN_ALWAYS, PLAN_EACH_SNAPSHOT },
	{ "ebs:PutSnapshotBlock", PLAN_ON_THINGS, PLAN_ALWAYS, PLAN_EACH_BLOCK },
	{ "ebs:CompleteSnapshot", PLAN_ON_THINGS, PLAN_ALWAYS, PLAN_EACH_SNAPSHOT },
	{ "ebs:ListSnapshotBlocks", PLAN_ON_THINGS, PLAN_ALWAYS, PLAN_LOOKS },
	{ "ebs:GetSnapshotBlock", PLAN_ON_THINGS, PLAN_ALWAYS, PLAN_EACH_BLOCK_FETCHED },
	{ "ec2:DescribeSnapshots", PLAN_ON_ALL, PLAN_ALWAYS, PLAN_LOOKS },
	{ "ec2:DescribeImages", PLAN_ON_ALL, PLAN_ALWAYS, PLAN_LOOKS },
	{ "ec2:RegisterImage", PLAN_ON_THINGS, PLAN_ALWAYS, PLAN_EACH_SNAPSHOT },
	{ "ec2:GetImageBlockPublicAccessState", PLAN_ON_ALL, PLAN_PUBLIC, PLAN_LOOKS },
	{ "ec2:CopyImage", PLAN_ON_THINGS, PLAN_COPIES, PLAN_EACH_COPY },
	{ "ec2:DescribeImageAttribute", PLAN_ON_THINGS, PLAN_SHARES_OR_SENDS,
		PLAN_LOOKS },
	{ "ec2:ModifyImageAttribute", PLAN_ON_THINGS, PLAN_SHARES, PLAN_EACH_REGION },
	{ "ec2:DescribeSnapshotAttribute", PLAN_ON_THINGS, PLAN_SHARES_SNAPSHOTS,
		PLAN_LOOKS },
	{ "ec2:ModifySnapshotAttribute", PLAN_ON_THINGS, PLAN_SHARES_SNAPSHOTS,
		PLAN_EACH_REGION },
	{ "ec2:EnableImageDeprecation", PLAN_ON_THINGS, PLAN_DEPRECATES,
		PLAN_EACH_REGION },
	{ "ec2:CreateTags", PLAN_ON_THINGS, PLAN_ALWAYS, PLAN_EACH_IMAGE },
	{ "ec2:EnableImageDeregistrationProtection", PLAN_ON_THINGS, PLAN_PROTECTS,
		PLAN_EACH_REGION },
	{ "ec2:DisableImageDeregistrationProtection", PLAN_ON_THINGS, PLAN_UNPROTECTS,
		PLAN_EACH_REGION },
	{ "ssm:GetParameter", PLAN_ON_PARAMETER, PLAN_PARAMETER, PLAN_LOOKS },
	{ "ssm:PutParameter", PLAN_ON_PARAMETER, PLAN_PARAMETER, PLAN_EACH_REGION },
	{ "ec2:DeregisterImage", PLAN_ON_OURS, PLAN_ALWAYS, PLAN_TO_CLEAN_UP },
	{ "ec2:DeleteSnapshot", PLAN_ON_OURS, PLAN_ALWAYS, PLAN_TO_CLEAN_UP },
	/* EC2 user guide, Copy an AMI: what it needs of a key for an encrypted copy. */
	{ "kms:DescribeKey", PLAN_ON_KEY_NAMES, PLAN_NAMES_KEYS, PLAN_LOOKS },
	{ "kms:CreateGrant", PLAN_ON_KEYS, PLAN_ENCRYPTS, PLAN_BY_SERVICE },
	{ "kms:Decrypt", PLAN_ON_KEYS, PLAN_ENCRYPTS, PLAN_BY_SERVICE },
	{ "kms:DescribeKey", PLAN_ON_KEYS, PLAN_ENCRYPTS, PLAN_BY_SERVICE },
	{ "kms:GenerateDataKeyWithoutPlaintext", PLAN_ON_KEYS, PLAN_ENCRYPTS,
		PLAN_BY_SERVICE },
	{ "kms:ReEncryptFrom", PLAN_ON_KEYS, PLAN_ENCRYPTS, PLAN_BY_SERVICE },
	{ "kms:ReEncryptTo", PLAN_ON_KEYS, PLAN_ENCRYPTS, PLAN_BY_SERVICE },
	{ NULL, PLAN_ON_ALL, PLAN_ALWAYS, PLAN_LOOKS },
};

static uint64_t copies_of(const struct plan_account *a)
{
	const struct recipe_publish *p = &a->recipe->publish;
	uint64_t copies = p->best_effort.count;

	for (size_t i = 0; i < p->regions.count; i++)
		copies += !a->region || strcmp(p->regions.items[i], a->region) != 0;
	return copies;
}

/* By their ids, or by aliases. */
static bool names_keys(const struct plan_account *a)
{
	const struct strv *keys = &a->recipe->publish.kms_keys.values;

	for (size_t i = 0; i < keys->count; i++)
		if (!kms_key_is_arn(keys->items[i]))
			return true;
	return false;
}

enum plan_way plan_account_way(
	const struct plan_account *a, struct pace_estimate *ret_estimate)
{
	const struct recipe_publish *p = &a->recipe->publish;
	const uint64_t copies = copies_of(a);
	const struct pace_load load = pace_load_whole(a->blocks, copies);

	*ret_estimate = (struct pace_estimate){ 0 };
	if (a->blocks)
		pace_estimate(&load, p->link_bytes, ret_estimate);
	if (p->way == RECIPE_WAY_COPY || !copies)
		return PLAN_WAY_COPY;
	if (p->way == RECIPE_WAY_SEND)
		return PLAN_WAY_SEND;
	if (!a->blocks || a->blocks_are_most)
		return PLAN_WAY_OPEN;
	return pace_sends(ret_estimate) ? PLAN_WAY_SEND : PLAN_WAY_COPY;
}

static enum plan_way way_of(const struct plan_account *a)
{
	struct pace_estimate ignored;

	return plan_account_way(a, &ignored);
}

/* Also of a way that is expected to be chosen: it is looked at again, when there may be
 * fewer regions that lack the image. */
bool plan_action_is_needed(const struct plan_account *a, const struct plan_action *action)
{
	const struct recipe_publish *p = &a->recipe->publish;
	const bool is_auto = p->way != RECIPE_WAY_COPY && p->way != RECIPE_WAY_SEND;
	const bool copies = copies_of(a) && (is_auto || p->way == RECIPE_WAY_COPY);
	const bool sends = copies_of(a) && (is_auto || p->way == RECIPE_WAY_SEND);
	const bool shares = p->share.count || p->public || p->exact;
	const bool needed[PLAN_WHENS] = {
		[PLAN_ALWAYS] = true,
		[PLAN_COPIES] = copies,
		[PLAN_SHARES] = shares,
		[PLAN_SHARES_OR_SENDS] = shares || sends,
		[PLAN_SHARES_SNAPSHOTS] =
			(p->share.count && p->share_snapshots) || p->exact,
		[PLAN_PUBLIC] = p->public,
		[PLAN_DEPRECATES] = p->deprecate != NULL,
		[PLAN_PROTECTS] = p->protect >= RECIPE_PROTECT_YES,
		[PLAN_UNPROTECTS] = p->protect == RECIPE_PROTECT_NO,
		[PLAN_PARAMETER] = p->parameter != NULL,
		[PLAN_NAMES_KEYS] = sends && names_keys(a),
		[PLAN_ENCRYPTS] = copies_of(a) && (p->encrypt || p->kms_keys.names.count),
	};

	return needed[action->when];
}

static int count_blocks(
	const char *disk, struct progress *p, uint64_t *ret, struct error *err)
{
	CLEANUP(upload_source_freep) struct upload_source *source = NULL;
	CLEANUP(freep) uint8_t *block = xcalloc(1, EBS_BLOCK_BYTES);
	bool found;

	*ret = 0;
	if (upload_source_open(disk, p, &source, err) < 0)
		return -1;
	for (uint64_t index = 0;; index++) {
		if (upload_source_seek(source, &index, &found, err) < 0)
			return -1;
		if (!found)
			return 0;
		if (upload_source_read(source, index, block, err) < 0)
			return -1;
		*ret += !bytes_are_zero(block, EBS_BLOCK_BYTES);
	}
}

static void doubt_regions(const struct plan_account *a, struct progress *p)
{
	const struct recipe_publish *publish = &a->recipe->publish;

	if (a->region)
		regions_doubt(a->region, p);
	for (size_t i = 0; i < publish->regions.count; i++)
		regions_doubt(publish->regions.items[i], p);
	for (size_t i = 0; i < publish->best_effort.count; i++)
		regions_doubt(publish->best_effort.items[i], p);
}

int plan_account_init(const struct recipe *r, const char *region, const char *disk,
	struct progress *p, struct plan_account *ret, struct error *err)
{
	*ret = (struct plan_account){ .recipe = r, .region = region };
	doubt_regions(ret, p);
	if (disk)
		return count_blocks(disk, p, &ret->blocks, err);
	ret->blocks = round_up(r->disk.size_bytes, EBS_BLOCK_BYTES) / EBS_BLOCK_BYTES;
	ret->blocks_are_most = true;
	return 0;
}

/* Regions that get the blocks. */
static uint64_t sends_of(const struct plan_account *a)
{
	return way_of(a) == PLAN_WAY_SEND ? copies_of(a) : 0;
}

/* 0 for what is not counted. */
static uint64_t calls_of(const struct plan_account *a, const struct plan_action *action)
{
	switch (action->often) {
	case PLAN_ONCE:
		return 1;
	case PLAN_EACH_SNAPSHOT:
		return 1 + sends_of(a);
	case PLAN_EACH_BLOCK:
		return a->blocks * (1 + sends_of(a));
	case PLAN_EACH_BLOCK_FETCHED:
		return a->blocks * (sends_of(a) ? 2 : 1);
	case PLAN_EACH_COPY:
		return copies_of(a) - sends_of(a);
	case PLAN_EACH_REGION:
	case PLAN_EACH_IMAGE:
		return 1 + copies_of(a);
	case PLAN_LOOKS:
	case PLAN_TO_CLEAN_UP:
	case PLAN_BY_SERVICE:
		break;
	}
	return 0;
}

static uint64_t price_item(const struct plan_account *a, enum price_item item)
{
	const uint64_t sends = sends_of(a), copies = copies_of(a);
	const uint64_t times[PRICE_ITEMS] = {
		[PRICE_PUT_BLOCKS] = 1 + sends,
		[PRICE_GET_BLOCKS] = 1 + (sends > 0),
		[PRICE_SNAPSHOT_MONTH] = 1 + copies,
		[PRICE_COPY] = copies - sends,
	};

	return price_of(item, a->blocks) * times[item];
}

static void add_calls(const struct plan_account *a, struct strbuf *to)
{
	static const char *const words[] = {
		[PLAN_LOOKS] = "to look, and to wait",
		[PLAN_EACH_BLOCK] = "one for each block",
		[PLAN_EACH_BLOCK_FETCHED] = "one for each block, to boot it",
		[PLAN_EACH_COPY] = "none: the blocks are sent",
		[PLAN_TO_CLEAN_UP] = "after a failure, and of older images",
		[PLAN_BY_SERVICE] = "by EC2, with your rights",
	};

	for (const struct plan_action *x = plan_actions; x->name; x++) {
		const uint64_t calls = calls_of(a, x);

		if (!plan_action_is_needed(a, x))
			continue;
		strbuf_addf(to, "  %-*s", NAME_COLUMNS, x->name);
		if (calls)
			strbuf_addf(to, "%s%" PRIu64 "\n",
				(x->often == PLAN_EACH_BLOCK ||
					x->often == PLAN_EACH_BLOCK_FETCHED) &&
						a->blocks_are_most
					? "at most "
					: "",
				calls);
		else
			strbuf_addf(to, "%s\n", words[x->often]);
	}
}

static void add_price(const struct plan_account *a, struct strbuf *to)
{
	for (unsigned int i = 0; i < PRICE_ITEMS; i++) {
		const uint64_t micro = price_item(a, (enum price_item)i);

		if (micro)
			strbuf_addf(to, "  %-*s%s$%" PRIu64 ".%04" PRIu64 "\n",
				NAME_COLUMNS, prices[i].what,
				a->blocks_are_most ? "at most " : "", micro / 1000000,
				micro % 1000000 / 100);
	}
	strbuf_addf(to, "  (prices of %s, %s)\n", prices_region, prices_oldest());
}

static const char *why_of(const struct plan_account *a, enum plan_way way)
{
	if (a->recipe->publish.way == RECIPE_WAY_COPY ||
		a->recipe->publish.way == RECIPE_WAY_SEND)
		return "publish.way says so";
	switch (way) {
	case PLAN_WAY_COPY:
		return "it is not slower";
	case PLAN_WAY_SEND:
		return "it is faster";
	case PLAN_WAY_OPEN:
		break;
	}
	return "publish chooses when it knows the blocks";
}

static const char *const way_names[] = {
	[PLAN_WAY_OPEN] = NULL,
	[PLAN_WAY_COPY] = "copy",
	[PLAN_WAY_SEND] = "send",
};

static void add_ways(const struct plan_account *a, struct strbuf *to)
{
	const char *about = a->blocks_are_most ? "at most about" : "about";
	struct pace_estimate e;
	const enum plan_way way = plan_account_way(a, &e);

	if (!copies_of(a))
		return;
	strbuf_add_str(to, "\nto the other regions\n\n");
	if (e.load.regions) {
		strbuf_addf(to, "  %-*s%s %" PRIu64 " s\n", NAME_COLUMNS, "by CopyImage",
			about, e.copy_s);
		strbuf_addf(to, "  %-*s%s %" PRIu64 " s\n", NAME_COLUMNS,
			"by sending the blocks", about, e.send_s);
	}
	strbuf_addf(to, "  %-*s%s%s%s\n", NAME_COLUMNS, "chosen",
		way_names[way] ? way_names[way] : "", way_names[way] ? ": " : "",
		why_of(a, way));
}

static void add_ways_json(const struct plan_account *a, struct json *j)
{
	struct pace_estimate e;
	const enum plan_way way = plan_account_way(a, &e);

	if (!copies_of(a)) {
		json_add_null(j, "ways");
		return;
	}
	json_object_begin(j, "ways");
	if (e.load.regions) {
		json_add_uint(j, "copy_seconds", e.copy_s);
		json_add_uint(j, "send_seconds", e.send_s);
	} else {
		json_add_null(j, "copy_seconds");
		json_add_null(j, "send_seconds");
	}
	json_add_string(j, "chosen", way_names[way]);
	json_add_string(j, "why", why_of(a, way));
	json_array_begin(j, "assumptions");
	for (unsigned int i = 0; i < PACE_ITEMS; i++) {
		json_object_begin(j, NULL);
		json_add_string(j, "what", paces[i].what);
		json_add_uint(j, "value", paces[i].value);
		json_add_string(j, "date", paces[i].date);
		json_add_string(j, "source", paces[i].source);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

void plan_account_text(const struct plan_account *a, struct strbuf *to)
{
	static const char unknown[] =
		"How many blocks are sent, and so what it costs, is known when the disk "
		"is there: --disk FILE counts them.";
	const uint64_t images = 1 + copies_of(a);

	strbuf_add_char(to, '\n');
	strbuf_add_str(to,
		"in the account, by build, or upload and register, and publish\n"
		"\n");
	add_calls(a, to);
	strbuf_addf(to, "\n  %-*s%" PRIu64 ", and as many snapshots\n", NAME_COLUMNS,
		"images that are made", images);
	if (a->blocks) {
		strbuf_addf(to, "  %-*s%" PRIu64 " s for the blocks, by EBS's quota\n",
			NAME_COLUMNS, "seconds at least",
			(a->blocks + PUTS_A_SECOND - 1) / PUTS_A_SECOND);
		add_price(a, to);
	} else {
		strbuf_add_str(to, "  ");
		wrap_add(to, unknown, 2, 2, COLUMNS);
	}
	add_ways(a, to);
}

static void add_price_json(const struct plan_account *a, struct json *j)
{
	json_object_begin(j, "price");
	json_add_string(j, "date", prices_oldest());
	json_add_string(j, "region", prices_region);
	json_array_begin(j, "items");
	for (unsigned int i = 0; a->blocks && i < PRICE_ITEMS; i++) {
		json_object_begin(j, NULL);
		json_add_string(j, "what", prices[i].what);
		json_add_uint(j, "micro_dollars", price_item(a, (enum price_item)i));
		json_add_string(j, "date", prices[i].date);
		json_add_string(j, "source", prices[i].source);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

void plan_account_json(const struct plan_account *a, struct json *j)
{
	json_object_begin(j, "account");
	json_add_string(j, "region", a->region);
	if (a->blocks)
		json_add_uint(j, "blocks", a->blocks);
	else
		json_add_null(j, "blocks");
	json_add_bool(j, "blocks_are_most", a->blocks_are_most);
	json_add_uint(j, "images", 1 + copies_of(a));
	json_add_uint(
		j, "seconds_least", (a->blocks + PUTS_A_SECOND - 1) / PUTS_A_SECOND);
	add_ways_json(a, j);
	json_array_begin(j, "calls");
	for (const struct plan_action *x = plan_actions; x->name; x++) {
		if (!plan_action_is_needed(a, x))
			continue;
		json_object_begin(j, NULL);
		json_add_string(j, "action", x->name);
		if (calls_of(a, x))
			json_add_uint(j, "count", calls_of(a, x));
		else
			json_add_null(j, "count");
		json_object_end(j);
	}
	json_array_end(j);
	add_price_json(a, j);
	json_object_begin(j, "policy");
	plan_policy_json(a, j);
	json_object_end(j);
	json_object_end(j);
}
