/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_reference.h"

#include <string.h>

#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/image.h"
#include "core/parameter.h"
#include "core/public_images.h"

/* The name of the parameter; NULL: it is no reference to one. */
static const char *parameter_name(const char *text)
{
	/* https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/
	 * using-systems-manager-parameter-to-find-AMI.html */
	static const char prefix[] = "resolve:ssm:";
	const size_t length = sizeof(prefix) - 1;

	return strncmp(text, prefix, length) == 0 && text[length] ? text + length : NULL;
}

bool image_reference_is_one(const char *text)
{
	return ec2_id_is_valid(text, "ami-") || parameter_name(text);
}

int image_reference_check(const char *text, struct error *err)
{
	if (image_reference_is_one(text))
		return 0;
	return error_set(err, ERR_USAGE, 0,
		"'%s' is neither the id of an image (ami-0123456789abcdef0) nor "
		"resolve:ssm:PARAMETER",
		text);
}

/* The parameter was refused: what it names is looked for by its publisher and name. */
static int find_public(const struct aws_session *session, const char *parameter,
	struct progress *p, char **ret_id, struct error *err)
{
	CLEANUP(public_images_releasep) struct public_images images = { 0 };
	CLEANUP(aws_client_freep) struct aws_client *ec2 = NULL;
	struct error why = ERROR_INIT;

	if (!public_images_of(parameter, &images))
		return -1;
	if (aws_session_client(session, AWS_EC2, 0, &ec2, &why) < 0 ||
		public_images_newest(ec2, &images, ret_id, &why) < 0)
		return error_context(err, "%s", why.msg);
	progress_warning(p, "%s; the newest '%s' of %s is taken: %s", err->msg,
		images.name, images.owner, *ret_id);
	return 0;
}

int image_reference_resolve(const struct aws_session *session, const char *text,
	struct progress *p, char **ret_id, struct error *err)
{
	const char *name = parameter_name(text);
	CLEANUP(aws_client_freep) struct aws_client *ssm = NULL;
	struct error refusal = ERROR_INIT;

	if (image_reference_check(text, err) < 0)
		return -1;
	if (!name) {
		*ret_id = xstrdup(text);
		return 0;
	}
	if (aws_session_client(session, AWS_SSM, 0, &ssm, err) < 0)
		return -1;
	if (parameter_get_image(ssm, name, ret_id, &refusal) == 0)
		return 0;
	if (service_error_is_refusal(&refusal) &&
		find_public(session, name, p, ret_id, &refusal) == 0)
		return 0;
	*err = refusal;
	return -1;
}
