/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/regions.h"

#include <stdlib.h>

#include "aws/ec2_sharing.h"
#include "aws/region.h"
#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/ec2_calls.h"

int regions_find_with(
	const struct aws_session *session, struct strv *ret, struct error *err)
{
	static const struct ec2_describe_regions request = { 0 };
	CLEANUP(aws_client_freep) struct aws_client *ec2 = NULL;
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ec2_region *items;
	const struct shape_list *list;

	if (aws_session_client(session, AWS_EC2, 0, &ec2, err) < 0)
		return -1;
	if (ec2_call(ec2, &ec2_describe_regions_action, &request, 0, &r, err) < 0)
		return error_context(err, "ask for the account's regions");
	list = &((const struct ec2_region_list *)r.answer)->regions;
	items = list->items;
	for (size_t i = 0; i < list->count; i++)
		if (items[i].name)
			strv_add(ret, items[i].name);
	if (!ret->count)
		return error_set(
			err, ERR_FORMAT, 0, "DescribeRegions: there is no region");
	strv_sort(ret);
	return 0;
}

int regions_find(const struct aws_session_spec *spec, struct strv *ret, struct error *err)
{
	CLEANUP(aws_session_releasep) struct aws_session session = { 0 };

	if (aws_session_open(spec, &session, err) < 0)
		return -1;
	return regions_find_with(&session, ret, err);
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

void regions_doubt(const char *region, struct progress *p)
{
	struct error err = ERROR_INIT;

	if (!is_set("AWS_ENDPOINT_URL") && !is_set("AWS_ENDPOINT_URL_EC2") &&
		region_check(region, &err) < 0)
		progress_warning(p, "%s", err.msg);
}

char *regions_text(const struct strv *names)
{
	return names->count == 1 ? xstrdup(names->items[0])
				 : xasprintf("%zu regions", names->count);
}

bool regions_is_denied(const struct error *err)
{
	return service_error_is_denial(err);
}
