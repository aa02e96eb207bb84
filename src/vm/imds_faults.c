/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/imds_faults.h"

/* Of every five requests one is refused, and one comes with a token that is forgotten:
 * who gets a token for each value of a few meets both. */
enum { ROUND = 5, BUSY_AT = 2, FORGETS_AT = 4 };

enum imds_fault imds_faults_next(struct imds_faults *f)
{
	const unsigned int request = f->requests++;

	if (request < IMDS_FAULTS_LATE_BY)
		return IMDS_FAULT_SILENCE;
	switch ((request - IMDS_FAULTS_LATE_BY) % ROUND) {
	case BUSY_AT:
		return IMDS_FAULT_BUSY;
	case FORGETS_AT:
		return IMDS_FAULT_FORGETS;
	default:
		return IMDS_FAULT_NONE;
	}
}
