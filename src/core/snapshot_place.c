/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/snapshot_place.h"

#include <stdlib.h>
#include <string.h>

#include "aws/service_error.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "core/ec2_calls.h"
#include "core/snapshot_reference.h"
#include "core/transfer.h"

int snapshot_explain(struct aws_client *ec2, const char *snapshot_id, struct error *err)
{
	CLEANUP(ec2_list_releasep) struct ec2_list found = { 0 };
	struct error ignored = ERROR_INIT;
	const struct ec2_snapshot *s;

	if (!service_error_is_refusal(err) ||
		ec2_snapshot_find(ec2, snapshot_id, 0, &found, &ignored) < 0)
		return -1;
	if (!found.count)
		return error_context(err,
			"%s is none of this account's snapshots in %s, and not shared "
			"with it",
			snapshot_id, aws_client_region(ec2));
	s = ec2_snapshot_at(&found, 0);
	if (s->state && strcmp(s->state, "completed") != 0)
		return error_context(err, "%s is %s, and only completed ones can be read",
			snapshot_id, s->state);
	if (s->encrypted == SHAPE_TRUE)
		return error_context(err,
			"%s is encrypted with %s, and these credentials need "
			"kms:Decrypt for it",
			snapshot_id, s->kms_key_id ? s->kms_key_id : "a KMS key");
	return error_context(err,
		"these credentials need ebs:ListSnapshotBlocks and ebs:GetSnapshotBlock "
		"for %s, of account %s",
		snapshot_id, s->owner_id ? s->owner_id : "unknown");
}

void snapshot_place_release(struct snapshot_place *p)
{
	p->ec2 = aws_client_free(p->ec2);
	p->ebs = aws_client_free(p->ebs);
	aws_session_release(&p->session);
	free(p->snapshot_id);
	p->snapshot_id = NULL;
}

int snapshot_place_open(const struct aws_session_spec *spec, const char *name,
	struct progress *p, struct snapshot_place *ret, struct error *err)
{
	CLEANUP(snapshot_place_releasep) struct snapshot_place at = { 0 };

	if (snapshot_reference_check(name, err) < 0 ||
		aws_session_open(spec, &at.session, err) < 0 ||
		aws_session_client(&at.session, AWS_EC2, 0, &at.ec2, err) < 0 ||
		aws_session_client(&at.session, AWS_EBS, TRANSFER_CONNECTIONS_MOST,
			&at.ebs, err) < 0)
		return -1;
	if (snapshot_reference_resolve(&at.session, name, p, &at.snapshot_id, err) < 0)
		return -1;
	*ret = at;
	at = (struct snapshot_place){ 0 };
	return 0;
}

int snapshot_place_explain(const struct snapshot_place *p, struct error *err)
{
	return snapshot_explain(p->ec2, p->snapshot_id, err);
}
