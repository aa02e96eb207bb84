/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/publish_sending.h"

#include "core/image.h"
#include "core/transfer.h"

void publish_sending_release(struct publish_sending *s)
{
	s->blocks = image_blocks_free(s->blocks);
	s->ebs = aws_client_free(s->ebs);
}

int publish_sending_open(struct publish_sending *s, struct error *err)
{
	if (s->blocks)
		return 0;
	if (!s->ebs && aws_session_client(s->session, AWS_EBS, TRANSFER_CONNECTIONS_MOST,
			       &s->ebs, err) < 0)
		return -1;
	return image_blocks_open(
		s->ebs, image_root_snapshot(s->source->image), &s->blocks, err);
}
