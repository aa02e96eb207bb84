/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What upload, register and publish would do in an account for a recipe: the calls, what
 * is made, how long it takes at least, what it costs, and the least IAM policy that
 * suffices. One table of actions is what calls and policy are made of. Nothing is asked.
 */
#pragma once

#include "base/json.h"
#include "base/progress.h"
#include "base/strbuf.h"
#include "core/publish_pace.h"
#include "core/recipe.h"

struct plan_account {
	const struct recipe *recipe;
	const char *region; /* of the image; NULL: not said */
	uint64_t blocks; /* that would be sent; 0: not known before the build */
	bool blocks_are_most; /* it is what the disk has room for */
};

/* Of a recipe, and of a disk when there is one: its blocks that are not zero. */
int plan_account_init(const struct recipe *r, const char *region, const char *disk,
	struct progress *p, struct plan_account *ret, struct error *err);

void plan_account_text(const struct plan_account *a, struct strbuf *to);

/* A member "account" of an object of `j`. */
void plan_account_json(const struct plan_account *a, struct json *j);

/* The document that IAM takes. */
void plan_policy_json(const struct plan_account *a, struct json *j);

/* How the image comes to other regions. */
enum plan_way {
	PLAN_WAY_OPEN = 0, /* publish chooses, when it knows the blocks */
	PLAN_WAY_COPY,
	PLAN_WAY_SEND,
};

/* *ret is of no region where nothing can be estimated. */
enum plan_way plan_account_way(
	const struct plan_account *a, struct pace_estimate *ret_estimate);

/* Which actions there are, when, and on what. */
enum plan_when {
	PLAN_ALWAYS = 0,
	PLAN_COPIES, /* by CopyImage, or it may */
	PLAN_SHARES,
	PLAN_SHARES_OR_SENDS,
	PLAN_SHARES_SNAPSHOTS,
	PLAN_PUBLIC,
	PLAN_DEPRECATES,
	PLAN_PROTECTS,
	PLAN_UNPROTECTS,
	PLAN_PARAMETER,
	PLAN_NAMES_KEYS, /* and sends, for which their ARNs are looked up */
	PLAN_ENCRYPTS,
	PLAN_WHENS,
};

enum plan_often {
	PLAN_LOOKS = 0, /* so often as there is something to wait for */
	PLAN_ONCE,
	PLAN_EACH_SNAPSHOT, /* the first, and one for each region that is sent to */
	PLAN_EACH_BLOCK, /* of each of those */
	PLAN_EACH_BLOCK_FETCHED, /* to boot it, and once when something is sent */
	PLAN_EACH_COPY, /* by CopyImage */
	PLAN_EACH_REGION, /* the home and each copy's */
	PLAN_EACH_IMAGE, /* the one at home is finished by register, copies by publish */
	PLAN_TO_CLEAN_UP, /* after a failure, and of older images */
	PLAN_BY_SERVICE, /* the service does it with the caller's rights */
};

enum plan_on {
	PLAN_ON_ALL = 0, /* actions that know no resources */
	PLAN_ON_THINGS, /* images and snapshots */
	PLAN_ON_OURS, /* those of them that amiwright has made */
	PLAN_ON_PARAMETER,
	PLAN_ON_KEY_NAMES, /* keys of which no ARN is known */
	PLAN_ON_KEYS, /* through EC2 */
	PLAN_ONS,
};

struct plan_action {
	const char *name; /* as IAM writes it: "ec2:RegisterImage" */
	enum plan_on on;
	enum plan_when when;
	enum plan_often often;
};

extern const struct plan_action plan_actions[]; /* up to the one without a name */
bool plan_action_is_needed(
	const struct plan_account *a, const struct plan_action *action);
