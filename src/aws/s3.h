/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * S3's REST API, version 2006-03-01: objects, whole or in parts. Structs and rows only;
 * members are named as in the service's reference. The checksums are base64 of the
 * SHA-256 of the bytes: the service holds what it is sent against them.
 */
#pragma once

#include "aws/rest.h"
#include "base/size.h"

/* Amazon S3 user guide, "Amazon S3 multipart upload limits". */
enum {
	S3_PART_LEAST_BYTES = 5 * MIB, /* of all but the last */
	S3_PARTS_MOST = 10000,
};

struct s3_head_bucket {
	const char *bucket;
};

struct s3_head_bucket_answer {
	char *region;
};

struct s3_put_object {
	const char *bucket, *key;
	const char *acl; /* "aws-exec-read" lets EC2 read it */
	const char *content_type;
	const char *checksum_sha256;
	const char *if_none_match; /* "*": only where there is none */
};

struct s3_put_object_answer {
	char *etag, *checksum_sha256;
};

struct s3_object {
	const char *bucket, *key;
};

struct s3_get_object {
	const char *bucket, *key;
	const char *range; /* "bytes=0-99" */
	const char *checksum_mode; /* "ENABLED": the answer tells the checksum */
};

struct s3_object_answer {
	struct shape_uint content_length_bytes;
	char *etag, *checksum_sha256;
};

struct s3_list_objects {
	const char *bucket, *prefix, *continuation_token;
	struct shape_uint max_keys;
};

struct s3_listed_object {
	char *key, *etag;
	struct shape_uint size_bytes;
};

struct s3_object_list {
	struct shape_list objects; /* struct s3_listed_object */
	enum shape_bool is_truncated;
	char *next_continuation_token;
};

struct s3_create_multipart_upload {
	const char *bucket, *key;
	const char *acl, *content_type;
	const char *checksum_algorithm; /* "SHA256" */
};

struct s3_upload {
	char *bucket, *key, *upload_id;
};

struct s3_upload_part {
	const char *bucket, *key, *upload_id;
	struct shape_uint part_number; /* 1 to S3_PARTS_MOST */
	const char *checksum_sha256;
};

struct s3_upload_part_answer {
	char *etag, *checksum_sha256;
};

struct s3_part {
	struct shape_uint part_number;
	char *etag, *checksum_sha256;
	struct shape_uint size_bytes; /* in lists alone */
};

struct s3_parts {
	struct shape_list parts; /* struct s3_part, ascending */
};

struct s3_complete_multipart_upload {
	const char *bucket, *key, *upload_id;
	struct s3_parts parts;
};

struct s3_complete_multipart_upload_answer {
	char *location, *etag, *checksum_sha256;
};

struct s3_upload_of {
	const char *bucket, *key, *upload_id;
};

struct s3_list_parts {
	const char *bucket, *key, *upload_id;
	struct shape_uint part_number_marker, max_parts;
};

struct s3_part_list {
	struct shape_list parts; /* struct s3_part */
	enum shape_bool is_truncated;
	struct shape_uint next_part_number_marker;
};

struct s3_list_multipart_uploads {
	const char *bucket, *prefix, *key_marker, *upload_id_marker;
};

struct s3_listed_upload {
	char *key, *upload_id;
};

struct s3_upload_list {
	struct shape_list uploads; /* struct s3_listed_upload */
	enum shape_bool is_truncated;
	char *next_key_marker, *next_upload_id_marker;
};

extern const struct rest_action s3_head_bucket_action;
extern const struct rest_action s3_put_object_action;
extern const struct rest_action s3_get_object_action;
extern const struct rest_action s3_head_object_action; /* struct s3_get_object */
extern const struct rest_action s3_delete_object_action; /* struct s3_object */
extern const struct rest_action s3_list_objects_action;
extern const struct rest_action s3_create_multipart_upload_action;
extern const struct rest_action s3_upload_part_action;
/* Takes as long as the object is large; refuses with an answer 200, too. */
extern const struct rest_action s3_complete_multipart_upload_action;
extern const struct rest_action s3_abort_multipart_upload_action; /* s3_upload_of */
extern const struct rest_action s3_list_parts_action;
extern const struct rest_action s3_list_multipart_uploads_action;

extern const struct rest_action *const s3_actions[];
