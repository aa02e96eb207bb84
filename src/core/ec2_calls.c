/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/ec2_calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"

enum {
	ATTEMPT_MS = 30000,
	STALL_MS = 15000, /* these are answered when the service has done them */
	PAGE_ITEMS = 1000, /* the most that can be asked for */
	PAGES_MOST = 1000,
	ID_MOST_CHARS = 63,
};

static const char *const self = "self";
const struct shape_list ec2_owner_self = { &self, 1 };

int ec2_call(struct aws_client *ec2, const struct query_action *action,
	const void *request, uint64_t made_at_ms, struct aws_result *ret,
	struct error *err)
{
	return ec2_call_within(ec2, action, request, made_at_ms, EC2_CALL_MS, ret, err);
}

int ec2_call_within(struct aws_client *ec2, const struct query_action *action,
	const void *request, uint64_t made_at_ms, uint64_t most_ms,
	struct aws_result *ret, struct error *err)
{
	const struct aws_call call = {
		.action = { .query = action, .request = request },
		.deadline_ms = clock_now_ms() + most_ms,
		.attempt_ms = ATTEMPT_MS,
		.stall_ms = STALL_MS,
		.made_at_ms = made_at_ms,
	};

	return aws_client_call(ec2, &call, ret, err);
}

bool ec2_refused(const struct aws_result *r, const char *code)
{
	const size_t length = strlen(code);

	return r->refusal.code && !strncmp(r->refusal.code, code, length) &&
	       (!r->refusal.code[length] || r->refusal.code[length] == '.');
}

bool ec2_is_gone(const struct aws_result *r, const char *code, struct error *err)
{
	if (!ec2_refused(r, code))
		return false;
	if (!err->may_pass)
		return true;
	(void)error_context(err, "it was made a moment ago, and does not show yet");
	return false;
}

void ec2_list_release(struct ec2_list *l)
{
	for (size_t i = 0; i < l->page_count; i++)
		aws_result_release(&l->pages[i]);
	free(l->pages);
	free(l->items);
	*l = (struct ec2_list){ 0 };
}

static void add_item(struct ec2_list *l, const void *item)
{
	array_reserve_one((void **)&l->items, l->count, &l->room, sizeof(*l->items));
	l->items[l->count++] = item;
}

static void keep_page(struct ec2_list *l, struct aws_result *page)
{
	array_reserve_one(
		(void **)&l->pages, l->page_count, &l->page_room, sizeof(*l->pages));
	l->pages[l->page_count++] = *page;
	*page = (struct aws_result)AWS_RESULT_INIT;
}

void ec2_list_take(struct ec2_list *to, struct ec2_list *from)
{
	for (size_t i = 0; i < from->count; i++)
		add_item(to, from->items[i]);
	for (size_t i = 0; i < from->page_count; i++)
		keep_page(to, &from->pages[i]);
	ec2_list_release(from);
}

/*
 * Takes the page over; returns its token for the next, or NULL. The first member of all
 * these answers is the list, the second the token.
 */
static const char *add_page(struct ec2_list *l, struct aws_result *page)
{
	const struct shape_field *items = &page->shape->fields[0];
	const struct shape_list list = shape_list(page->answer, items);
	const char *token = shape_string(page->answer, &page->shape->fields[1]);

	for (size_t i = 0; i < list.count; i++)
		add_item(l, shape_item(items, &list, i));
	keep_page(l, page);
	return token && *token ? token : NULL;
}

/* `*token_at` is the request's next token. */
static int find_all(struct aws_client *ec2, const struct query_action *action,
	const void *request, const char **token_at, struct ec2_list *ret,
	struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list list = { 0 };

	do {
		CLEANUP(aws_result_releasep) struct aws_result page = AWS_RESULT_INIT;

		if (list.page_count == PAGES_MOST)
			return error_set(err, ERR_FORMAT, 0, "%s: the list has no end",
				action->name);
		if (ec2_call(ec2, action, request, 0, &page, err) < 0)
			return -1;
		*token_at = add_page(&list, &page);
	} while (*token_at);
	*ret = list;
	list = (struct ec2_list){ 0 };
	return 0;
}

int ec2_images_find(struct aws_client *ec2, const struct ec2_filter *filters,
	size_t filter_count, struct ec2_list *ret, struct error *err)
{
	struct ec2_describe_images request = {
		.owners = ec2_owner_self,
		.filters = { filters, filter_count },
		.include_deprecated = SHAPE_TRUE,
		.include_disabled = SHAPE_TRUE,
		.max_results = SHAPE_UINT_OF(PAGE_ITEMS),
	};

	return find_all(ec2, &ec2_describe_images_action, &request, &request.next_token,
		ret, err);
}

int ec2_images_of_find(struct aws_client *ec2, const char *owner,
	const struct ec2_filter *filters, size_t filter_count, struct ec2_list *ret,
	struct error *err)
{
	struct ec2_describe_images request = {
		.owners = { &owner, 1 },
		.filters = { filters, filter_count },
		.max_results = SHAPE_UINT_OF(PAGE_ITEMS),
	};

	return find_all(ec2, &ec2_describe_images_action, &request, &request.next_token,
		ret, err);
}

int ec2_snapshots_find(struct aws_client *ec2, const struct ec2_filter *filters,
	size_t filter_count, struct ec2_list *ret, struct error *err)
{
	struct ec2_describe_snapshots request = {
		.owners = ec2_owner_self,
		.filters = { filters, filter_count },
		.max_results = SHAPE_UINT_OF(PAGE_ITEMS),
	};

	return find_all(ec2, &ec2_describe_snapshots_action, &request,
		&request.next_token, ret, err);
}

/* How many digits an id has is the service's to know. */
static bool is_malformed(const struct aws_result *r, struct error *err)
{
	if (!ec2_refused(r, "InvalidAMIID.Malformed") &&
		!ec2_refused(r, "InvalidSnapshotID.Malformed"))
		return false;
	err->code = ERR_USAGE;
	return true;
}

static int find_one(struct aws_client *ec2, const struct query_action *action,
	const void *request, uint64_t made_at_ms, const char *missing,
	struct ec2_list *ret, struct error *err)
{
	CLEANUP(aws_result_releasep) struct aws_result page = AWS_RESULT_INIT;
	struct ec2_list list = { 0 };

	if (ec2_call(ec2, action, request, made_at_ms, &page, err) == 0)
		(void)add_page(&list, &page);
	else if (is_malformed(&page, err) || !ec2_refused(&page, missing))
		return -1;
	*ret = list;
	return 0;
}

int ec2_image_find(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	struct ec2_list *ret, struct error *err)
{
	const struct ec2_describe_images request = { .image_ids = { &id, 1 },
		.include_deprecated = SHAPE_TRUE,
		.include_disabled = SHAPE_TRUE };

	if (find_one(ec2, &ec2_describe_images_action, &request, made_at_ms,
		    "InvalidAMIID", ret, err) < 0)
		return error_context(err, "look at %s", id);
	return 0;
}

int ec2_snapshot_find(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	struct ec2_list *ret, struct error *err)
{
	const struct ec2_describe_snapshots request = { .snapshot_ids = { &id, 1 } };

	if (find_one(ec2, &ec2_describe_snapshots_action, &request, made_at_ms,
		    "InvalidSnapshot", ret, err) < 0)
		return error_context(err, "look at %s", id);
	return 0;
}

const char *ec2_tag_value(const struct shape_list *tags, const char *key)
{
	const struct ec2_tag *items = tags->items;

	for (size_t i = 0; i < tags->count; i++)
		if (items[i].key && !strcmp(items[i].key, key))
			return items[i].value ? items[i].value : "";
	return NULL;
}

const struct ec2_block_device *ec2_image_device(const struct ec2_image *image, size_t i)
{
	return (const struct ec2_block_device *)image->block_devices.items + i;
}

bool ec2_id_is_valid(const char *id, const char *prefix)
{
	const size_t length = strlen(id), start = strlen(prefix);

	return length > start && length <= ID_MOST_CHARS && !strncmp(id, prefix, start) &&
	       strspn(id + start, "0123456789abcdef") == length - start;
}
