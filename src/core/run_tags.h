/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tags by which a thing in an account is known as ours. Each is given in the call
 * that makes the thing. One that is unfinished belongs to a run that goes on or was
 * killed; the last call of a run marks what it has made as finished, and from then on
 * only who asks for that by name removes it.
 */
#pragma once

#define RUN_TAG_ID "amiwright:run-id"
#define RUN_TAG_STATE "amiwright:state"
#define RUN_TAG_FAMILY "amiwright:family" /* images that replace each other */
#define RUN_TAG_SOURCE "amiwright:source" /* what it is a copy of: "REGION/ID" */

#define RUN_STATE_UNFINISHED "unfinished"
#define RUN_STATE_FINISHED "finished"

/* Tags of a resource, of which some are ours. */
enum { RUN_TAGS_MOST = 50, RUN_TAGS_OURS = 4 };
