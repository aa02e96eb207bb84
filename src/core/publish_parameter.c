/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_parameter.h"

#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/parameter.h"

int publish_parameter_check(const struct aws_session *session, const char *region,
	const char *name, struct error *err)
{
	CLEANUP(aws_client_freep) struct aws_client *ssm = NULL;
	CLEANUP(freep) char *has = NULL;

	if (aws_session_client_in(session, AWS_SSM, region, &ssm, err) < 0)
		return -1;
	return parameter_find_image(ssm, name, &has, err);
}

/* `was` is NULL when there was none. */
static void tell(const struct change_teller *t, const char *region, const char *name,
	const char *was, const char *id)
{
	CLEANUP(freep) char *what = xasprintf("parameter %s", name);

	if (!was)
		change_tell(t, region, what, "%s", id);
	else if (t->is_dry_run)
		change_tell(t, region, what, "%s, and is %s", id, was);
	else
		progress_step(t->progress, "%s: %s: %s -> %s", region, what, was, id);
}

int publish_parameter_set(const struct aws_session *session, const char *region,
	const char *name, const char *image_id, const struct change_teller *teller,
	struct error *err)
{
	CLEANUP(aws_client_freep) struct aws_client *ssm = NULL;
	CLEANUP(freep) char *was = NULL;

	if (aws_session_client_in(session, AWS_SSM, region, &ssm, err) < 0 ||
		parameter_find_image(ssm, name, &was, err) < 0)
		return -1;
	if (was && image_id && !strcmp(was, image_id))
		return 0;
	if (!teller->is_dry_run &&
		parameter_set_image(ssm, name, image_id, was != NULL, err) < 0)
		return -1;
	tell(teller, region, name, was, image_id ? image_id : "the copy");
	return 1;
}
