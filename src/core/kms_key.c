/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/kms_key.h"

#include <string.h>

#include "aws/kms.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"

enum { ID_CHARS = 36, ATTEMPT_MS = 15000, CALL_MS = 60000 };

/* AWS KMS Developer Guide, Key identifiers (KeyId). */
int kms_key_check(const char *name, struct error *err)
{
	static const char alias[] = "alias/", of_many_regions[] = "mrk-";

	if (text_starts_with(name, "arn:") || text_starts_with(name, of_many_regions) ||
		(text_starts_with(name, alias) && name[sizeof(alias) - 1]) ||
		(strlen(name) == ID_CHARS &&
			strspn(name, "0123456789abcdef-") == ID_CHARS))
		return 0;
	return error_set(err, ERR_USAGE, 0,
		"'%s' is no KMS key: that is an ARN (arn:aws:kms:REGION:ACCOUNT:key/ID), "
		"alias/NAME, or the key's id",
		name);
}

bool kms_key_is_arn(const char *name)
{
	return text_starts_with(name, "arn:") && strstr(name, ":key/");
}

int kms_key_find_arn(const struct aws_session *session, const char *region,
	const char *name, char **ret_arn, struct error *err)
{
	const struct kms_describe_key request = { .key_id = name };
	const struct aws_call call = {
		.action = { .rest = &kms_describe_key_action, .request = &request },
		.deadline_ms = clock_now_ms() + CALL_MS,
		.attempt_ms = ATTEMPT_MS,
	};
	CLEANUP(aws_client_freep) struct aws_client *kms = NULL;
	CLEANUP(aws_result_releasep) struct aws_result r = AWS_RESULT_INIT;
	const char *arn;

	if (kms_key_is_arn(name)) {
		*ret_arn = xstrdup(name);
		return 0;
	}
	if (aws_session_client_in(session, AWS_KMS, region, &kms, err) < 0 ||
		aws_client_call(kms, &call, &r, err) < 0)
		return error_context(err, "look at the KMS key '%s'", name);
	arn = ((const struct kms_describe_key_answer *)r.answer)->key.arn;
	if (!arn)
		return error_set(err, ERR_FORMAT, 0,
			"the service does not say which key '%s' is", name);
	*ret_arn = xstrdup(arn);
	return 0;
}
