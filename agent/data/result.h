/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How decoding foreign bytes ended: one set of answers for every reader of this part. */
#pragma once

enum data_result {
	DATA_OK = 0,
	DATA_TRUNCATED, /* it ends before its end */
	DATA_CORRUPT, /* it breaks its own rules, or a checksum does not fit */
	DATA_TOO_LARGE, /* the caller's buffer has no room for what it holds */
	DATA_UNSUPPORTED, /* well formed so far, but nothing that is read here */
};
