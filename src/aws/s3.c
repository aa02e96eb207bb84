/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/s3.h"

/* ---- buckets and objects */

#define AT(member) offsetof(struct s3_head_bucket, member)
static const struct shape_field head_bucket_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
};
#undef AT
static const struct shape head_bucket =
	SHAPE_OF(struct s3_head_bucket, head_bucket_fields);

#define AT(member) offsetof(struct s3_head_bucket_answer, member)
static const struct shape_field head_bucket_answer_fields[] = {
	{ "x-amz-bucket-region", AT(region), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
};
#undef AT
static const struct shape head_bucket_answer =
	SHAPE_OF(struct s3_head_bucket_answer, head_bucket_answer_fields);

const struct rest_action s3_head_bucket_action = {
	.name = "HeadBucket",
	.protocol = REST_S3,
	.method = "HEAD",
	.path = "/{Bucket}",
	.request = &head_bucket,
	.answer = &head_bucket_answer,
};

#define AT(member) offsetof(struct s3_put_object, member)
static const struct shape_field put_object_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "x-amz-acl", AT(acl), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "Content-Type", AT(content_type), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-checksum-sha256", AT(checksum_sha256), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
	{ "If-None-Match", AT(if_none_match), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
};
#undef AT
static const struct shape put_object = SHAPE_OF(struct s3_put_object, put_object_fields);

#define AT(member) offsetof(struct s3_put_object_answer, member)
static const struct shape_field put_object_answer_fields[] = {
	{ "ETag", AT(etag), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-checksum-sha256", AT(checksum_sha256), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
};
#undef AT
static const struct shape put_object_answer =
	SHAPE_OF(struct s3_put_object_answer, put_object_answer_fields);

const struct rest_action s3_put_object_action = {
	.name = "PutObject",
	.protocol = REST_S3,
	.method = "PUT",
	.path = "/{Bucket}/{Key+}",
	.request = &put_object,
	.answer = &put_object_answer,
	.sends_data = true,
};

#define AT(member) offsetof(struct s3_get_object, member)
static const struct shape_field get_object_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "Range", AT(range), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-checksum-mode", AT(checksum_mode), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
};
#undef AT
static const struct shape get_object = SHAPE_OF(struct s3_get_object, get_object_fields);

#define AT(member) offsetof(struct s3_object_answer, member)
static const struct shape_field object_answer_fields[] = {
	{ "Content-Length", AT(content_length_bytes), SHAPE_UINT, NULL, SHAPE_IN_HEADER },
	{ "ETag", AT(etag), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-checksum-sha256", AT(checksum_sha256), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
};
#undef AT
static const struct shape object_answer =
	SHAPE_OF(struct s3_object_answer, object_answer_fields);

const struct rest_action s3_get_object_action = {
	.name = "GetObject",
	.protocol = REST_S3,
	.method = "GET",
	.path = "/{Bucket}/{Key+}",
	.request = &get_object,
	.answer = &object_answer,
	.takes_data = true,
};

const struct rest_action s3_head_object_action = {
	.name = "HeadObject",
	.protocol = REST_S3,
	.method = "HEAD",
	.path = "/{Bucket}/{Key+}",
	.request = &get_object,
	.answer = &object_answer,
};

#define AT(member) offsetof(struct s3_object, member)
static const struct shape_field object_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_PATH },
};
#undef AT
static const struct shape object = SHAPE_OF(struct s3_object, object_fields);

const struct rest_action s3_delete_object_action = {
	.name = "DeleteObject",
	.protocol = REST_S3,
	.method = "DELETE",
	.path = "/{Bucket}/{Key+}",
	.request = &object,
};

#define AT(member) offsetof(struct s3_list_objects, member)
static const struct shape_field list_objects_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "prefix", AT(prefix), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
	{ "continuation-token", AT(continuation_token), SHAPE_STRING, NULL,
		SHAPE_IN_QUERY },
	{ "max-keys", AT(max_keys), SHAPE_UINT, NULL, SHAPE_IN_QUERY },
};
#undef AT
static const struct shape list_objects =
	SHAPE_OF(struct s3_list_objects, list_objects_fields);

#define AT(member) offsetof(struct s3_listed_object, member)
static const struct shape_field listed_object_fields[] = {
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "ETag", AT(etag), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "Size", AT(size_bytes), SHAPE_UINT, NULL, SHAPE_IN_BODY },
};
#undef AT
static const struct shape listed_object =
	SHAPE_OF(struct s3_listed_object, listed_object_fields);

#define AT(member) offsetof(struct s3_object_list, member)
static const struct shape_field object_list_fields[] = {
	{ "Contents", AT(objects), SHAPE_LIST, &listed_object, SHAPE_IN_BODY, true },
	{ "IsTruncated", AT(is_truncated), SHAPE_BOOL, NULL, SHAPE_IN_BODY },
	{ "NextContinuationToken", AT(next_continuation_token), SHAPE_STRING, NULL,
		SHAPE_IN_BODY },
};
#undef AT
static const struct shape object_list =
	SHAPE_OF(struct s3_object_list, object_list_fields);

const struct rest_action s3_list_objects_action = {
	.name = "ListObjectsV2",
	.protocol = REST_S3,
	.method = "GET",
	.path = "/{Bucket}",
	.query = { "list-type", "2" },
	.request = &list_objects,
	.answer = &object_list,
	.answer_root = "ListBucketResult",
};

/* ---- objects in parts */

#define AT(member) offsetof(struct s3_create_multipart_upload, member)
static const struct shape_field create_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "x-amz-acl", AT(acl), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "Content-Type", AT(content_type), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-checksum-algorithm", AT(checksum_algorithm), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
};
#undef AT
static const struct shape create =
	SHAPE_OF(struct s3_create_multipart_upload, create_fields);

#define AT(member) offsetof(struct s3_upload, member)
static const struct shape_field upload_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "UploadId", AT(upload_id), SHAPE_STRING, NULL, SHAPE_IN_BODY },
};
#undef AT
static const struct shape upload = SHAPE_OF(struct s3_upload, upload_fields);

const struct rest_action s3_create_multipart_upload_action = {
	.name = "CreateMultipartUpload",
	.protocol = REST_S3,
	.method = "POST",
	.path = "/{Bucket}/{Key+}",
	.query = { "uploads", "" },
	.request = &create,
	.answer = &upload,
	.answer_root = "InitiateMultipartUploadResult",
};

#define AT(member) offsetof(struct s3_upload_part, member)
static const struct shape_field upload_part_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "uploadId", AT(upload_id), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
	{ "partNumber", AT(part_number), SHAPE_UINT, NULL, SHAPE_IN_QUERY },
	{ "x-amz-checksum-sha256", AT(checksum_sha256), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
};
#undef AT
static const struct shape upload_part =
	SHAPE_OF(struct s3_upload_part, upload_part_fields);

#define AT(member) offsetof(struct s3_upload_part_answer, member)
static const struct shape_field upload_part_answer_fields[] = {
	{ "ETag", AT(etag), SHAPE_STRING, NULL, SHAPE_IN_HEADER },
	{ "x-amz-checksum-sha256", AT(checksum_sha256), SHAPE_STRING, NULL,
		SHAPE_IN_HEADER },
};
#undef AT
static const struct shape upload_part_answer =
	SHAPE_OF(struct s3_upload_part_answer, upload_part_answer_fields);

const struct rest_action s3_upload_part_action = {
	.name = "UploadPart",
	.protocol = REST_S3,
	.method = "PUT",
	.path = "/{Bucket}/{Key+}",
	.request = &upload_part,
	.answer = &upload_part_answer,
	.sends_data = true,
};

#define AT(member) offsetof(struct s3_part, member)
static const struct shape_field part_fields[] = {
	{ "PartNumber", AT(part_number), SHAPE_UINT, NULL, SHAPE_IN_BODY },
	{ "ETag", AT(etag), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "ChecksumSHA256", AT(checksum_sha256), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "Size", AT(size_bytes), SHAPE_UINT, NULL, SHAPE_IN_BODY },
};
#undef AT
static const struct shape part = SHAPE_OF(struct s3_part, part_fields);

#define AT(member) offsetof(struct s3_part, member)
static const struct shape_field sent_part_fields[] = {
	{ "PartNumber", AT(part_number), SHAPE_UINT, NULL, SHAPE_IN_BODY },
	{ "ETag", AT(etag), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "ChecksumSHA256", AT(checksum_sha256), SHAPE_STRING, NULL, SHAPE_IN_BODY },
};
#undef AT
static const struct shape sent_part = SHAPE_OF(struct s3_part, sent_part_fields);

#define AT(member) offsetof(struct s3_parts, member)
static const struct shape_field parts_fields[] = {
	{ "Part", AT(parts), SHAPE_LIST, &sent_part, SHAPE_IN_BODY, true },
};
#undef AT
static const struct shape parts = SHAPE_OF(struct s3_parts, parts_fields);

#define AT(member) offsetof(struct s3_complete_multipart_upload, member)
static const struct shape_field complete_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "uploadId", AT(upload_id), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
	{ "CompleteMultipartUpload", AT(parts), SHAPE_STRUCT, &parts, SHAPE_IN_BODY },
};
#undef AT
static const struct shape complete =
	SHAPE_OF(struct s3_complete_multipart_upload, complete_fields);

#define AT(member) offsetof(struct s3_complete_multipart_upload_answer, member)
static const struct shape_field complete_answer_fields[] = {
	{ "Location", AT(location), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "ETag", AT(etag), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "ChecksumSHA256", AT(checksum_sha256), SHAPE_STRING, NULL, SHAPE_IN_BODY },
};
#undef AT
static const struct shape complete_answer =
	SHAPE_OF(struct s3_complete_multipart_upload_answer, complete_answer_fields);

const struct rest_action s3_complete_multipart_upload_action = {
	.name = "CompleteMultipartUpload",
	.protocol = REST_S3,
	.method = "POST",
	.path = "/{Bucket}/{Key+}",
	.request = &complete,
	.answer = &complete_answer,
	.answer_root = "CompleteMultipartUploadResult",
};

#define AT(member) offsetof(struct s3_upload_of, member)
static const struct shape_field upload_of_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "uploadId", AT(upload_id), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
};
#undef AT
static const struct shape upload_of = SHAPE_OF(struct s3_upload_of, upload_of_fields);

const struct rest_action s3_abort_multipart_upload_action = {
	.name = "AbortMultipartUpload",
	.protocol = REST_S3,
	.method = "DELETE",
	.path = "/{Bucket}/{Key+}",
	.request = &upload_of,
};

#define AT(member) offsetof(struct s3_list_parts, member)
static const struct shape_field list_parts_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "uploadId", AT(upload_id), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
	{ "part-number-marker", AT(part_number_marker), SHAPE_UINT, NULL,
		SHAPE_IN_QUERY },
	{ "max-parts", AT(max_parts), SHAPE_UINT, NULL, SHAPE_IN_QUERY },
};
#undef AT
static const struct shape list_parts = SHAPE_OF(struct s3_list_parts, list_parts_fields);

#define AT(member) offsetof(struct s3_part_list, member)
static const struct shape_field part_list_fields[] = {
	{ "Part", AT(parts), SHAPE_LIST, &part, SHAPE_IN_BODY, true },
	{ "IsTruncated", AT(is_truncated), SHAPE_BOOL, NULL, SHAPE_IN_BODY },
	{ "NextPartNumberMarker", AT(next_part_number_marker), SHAPE_UINT, NULL,
		SHAPE_IN_BODY },
};
#undef AT
static const struct shape part_list = SHAPE_OF(struct s3_part_list, part_list_fields);

const struct rest_action s3_list_parts_action = {
	.name = "ListParts",
	.protocol = REST_S3,
	.method = "GET",
	.path = "/{Bucket}/{Key+}",
	.request = &list_parts,
	.answer = &part_list,
	.answer_root = "ListPartsResult",
};

#define AT(member) offsetof(struct s3_list_multipart_uploads, member)
static const struct shape_field list_uploads_fields[] = {
	{ "Bucket", AT(bucket), SHAPE_STRING, NULL, SHAPE_IN_PATH },
	{ "prefix", AT(prefix), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
	{ "key-marker", AT(key_marker), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
	{ "upload-id-marker", AT(upload_id_marker), SHAPE_STRING, NULL, SHAPE_IN_QUERY },
};
#undef AT
static const struct shape list_uploads =
	SHAPE_OF(struct s3_list_multipart_uploads, list_uploads_fields);

#define AT(member) offsetof(struct s3_listed_upload, member)
static const struct shape_field listed_upload_fields[] = {
	{ "Key", AT(key), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "UploadId", AT(upload_id), SHAPE_STRING, NULL, SHAPE_IN_BODY },
};
#undef AT
static const struct shape listed_upload =
	SHAPE_OF(struct s3_listed_upload, listed_upload_fields);

#define AT(member) offsetof(struct s3_upload_list, member)
static const struct shape_field upload_list_fields[] = {
	{ "Upload", AT(uploads), SHAPE_LIST, &listed_upload, SHAPE_IN_BODY, true },
	{ "IsTruncated", AT(is_truncated), SHAPE_BOOL, NULL, SHAPE_IN_BODY },
	{ "NextKeyMarker", AT(next_key_marker), SHAPE_STRING, NULL, SHAPE_IN_BODY },
	{ "NextUploadIdMarker", AT(next_upload_id_marker), SHAPE_STRING, NULL,
		SHAPE_IN_BODY },
};
#undef AT
static const struct shape upload_list =
	SHAPE_OF(struct s3_upload_list, upload_list_fields);

const struct rest_action s3_list_multipart_uploads_action = {
	.name = "ListMultipartUploads",
	.protocol = REST_S3,
	.method = "GET",
	.path = "/{Bucket}",
	.query = { "uploads", "" },
	.request = &list_uploads,
	.answer = &upload_list,
	.answer_root = "ListMultipartUploadsResult",
};

const struct rest_action *const s3_actions[] = {
	&s3_head_bucket_action,
	&s3_put_object_action,
	&s3_get_object_action,
	&s3_head_object_action,
	&s3_delete_object_action,
	&s3_list_objects_action,
	&s3_create_multipart_upload_action,
	&s3_upload_part_action,
	&s3_complete_multipart_upload_action,
	&s3_abort_multipart_upload_action,
	&s3_list_parts_action,
	&s3_list_multipart_uploads_action,
	NULL,
};
