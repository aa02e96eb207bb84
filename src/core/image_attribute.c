/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/image_attribute.h"

#include "aws/ec2_sharing.h"
#include "base/alloc.h"
#include "base/cleanup.h"

int image_uefi_data(struct aws_client *ec2, const char *id, uint64_t made_at_ms,
	char **ret, struct error *err)
{
	const struct ec2_describe_image_attribute request = { .image_id = id,
		.attribute = "uefiData" };
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const struct ec2_image_attribute *answer;

	if (ec2_call(ec2, &ec2_describe_image_attribute_action, &request, made_at_ms, &r,
		    err) < 0)
		return error_context(err, "ask for the UEFI data of %s", id);
	answer = r.answer;
	*ret = answer->uefi_data.value && *answer->uefi_data.value
		       ? xstrdup(answer->uefi_data.value)
		       : NULL;
	return 0;
}
