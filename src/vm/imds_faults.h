/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What agents have to bear of a metadata service: that it is late, that it throttles,
 * that a token ends before its time. By count and not by chance, so that the same
 * requests meet the same.
 */
#pragma once

enum imds_fault {
	IMDS_FAULT_NONE = 0,
	IMDS_FAULT_SILENCE, /* no answer: the connection ends */
	IMDS_FAULT_BUSY, /* 503 */
	IMDS_FAULT_FORGETS, /* the tokens that it has given out */
};

/* How many requests come before the first that is answered. */
enum { IMDS_FAULTS_LATE_BY = 6 };

/* By value, zeroed. */
struct imds_faults {
	unsigned int requests;
};

/* What meets the next request. */
enum imds_fault imds_faults_next(struct imds_faults *f);
