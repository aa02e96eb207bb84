/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/parameter.h"

#include <string.h>

#include "aws/service_error.h"
#include "aws/ssm.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "core/image.h"

enum { ATTEMPT_MS = 15000, CALL_MS = 60000 };

static int ssm_call(struct aws_client *ssm, const struct rest_action *action,
	const void *request, struct aws_result *ret, struct error *err)
{
	const struct aws_call call = {
		.action = { .rest = action, .request = request },
		.deadline_ms = clock_now_ms() + CALL_MS,
		.attempt_ms = ATTEMPT_MS,
	};

	return aws_client_call(ssm, &call, ret, err);
}

/* Systems Manager looks whether there is such an image: the data type asks for that. */
static int put(struct aws_client *ssm, const char *name, const char *image_id,
	bool is_there, bool *ret_taken, struct error *err)
{
	const struct ssm_put_parameter request = {
		.name = name,
		.value = image_id,
		.type = "String",
		.data_type = "aws:ec2:image",
		.overwrite = is_there ? SHAPE_TRUE : SHAPE_UNSET,
	};
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;

	*ret_taken = false;
	if (ssm_call(ssm, &ssm_put_parameter_action, &request, &r, err) == 0)
		return 0;
	*ret_taken = !is_there && service_error_is(&r.refusal, "ParameterAlreadyExists");
	return -1;
}

static int get(struct aws_client *ssm, const char *name, struct aws_result *ret,
	const struct ssm_parameter **ret_found, struct error *err)
{
	const struct ssm_get_parameter request = { .name = name };

	*ret_found = NULL;
	if (ssm_call(ssm, &ssm_get_parameter_action, &request, ret, err) < 0)
		return -1;
	*ret_found = &((const struct ssm_get_parameter_answer *)ret->answer)->parameter;
	return 0;
}

/* SecureString has to be decrypted, and of a StringList none is meant before others. */
static bool is_string(const struct ssm_parameter *p)
{
	return !p->type || strcmp(p->type, "String") == 0;
}

int parameter_get_image(
	struct aws_client *ssm, const char *name, char **ret_id, struct error *err)
{
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ssm_parameter *p;

	if (get(ssm, name, &r, &p, err) < 0) {
		if (service_error_is(&r.refusal, "ParameterNotFound"))
			return error_set(err, ERR_FETCH, err->detail,
				"there is no parameter '%s' in %s", name,
				aws_client_region(ssm));
		return error_context(
			err, "look for an image in the parameter '%s'", name);
	}
	if (!is_string(p))
		return error_set(err, ERR_FORMAT, 0,
			"the parameter '%s' is a %s, and no String with the id of an "
			"image",
			name, p->type);
	/* What else it has may be nobody's to see. */
	if (!p->value || !ec2_id_is_valid(p->value, "ami-"))
		return error_set(err, ERR_FORMAT, 0,
			"the parameter '%s' has something else than the id of an image",
			name);
	*ret_id = xstrdup(p->value);
	return 0;
}

int parameter_find_image(
	struct aws_client *ssm, const char *name, char **ret_id, struct error *err)
{
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ssm_parameter *p;

	*ret_id = NULL;
	if (get(ssm, name, &r, &p, err) < 0)
		return service_error_is(&r.refusal, "ParameterNotFound")
			       ? 0
			       : error_context(err, "look at the parameter '%s'", name);
	if (!is_string(p))
		return error_set(err, ERR_TARGET, 0,
			"the parameter '%s' is there, and is a %s and no String: remove "
			"it, or name another one",
			name, p->type);
	/* What it has may be nobody's to see. */
	if (!p->value || !ec2_id_is_valid(p->value, "ami-"))
		return error_set(err, ERR_TARGET, 0,
			"the parameter '%s' has something else than the id of an image: "
			"remove it, or name another one",
			name);
	*ret_id = xstrdup(p->value);
	return 0;
}

int parameter_set_image(struct aws_client *ssm, const char *name, const char *image_id,
	bool is_there, struct error *err)
{
	bool is_taken;

	if (put(ssm, name, image_id, is_there, &is_taken, err) == 0)
		return 0;
	/* One that was made a moment ago is there before it is shown. */
	if (is_taken && put(ssm, name, image_id, true, &is_taken, err) == 0)
		return 0;
	return error_context(err, "set the parameter '%s' to %s", name, image_id);
}
