/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/block_device.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/size.h"
#include "base/text.h"
#include "core/ec2_calls.h"

void block_device_release(struct block_device *d)
{
	free(d->text);
	*d = (struct block_device){ 0 };
}

static bool parse_number(const char *text, struct shape_uint *ret)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || n > 1000000)
		return false;
	*ret = (struct shape_uint)SHAPE_UINT_OF(n);
	return true;
}

/* Rounded up to whole GiB. */
static bool parse_size(const char *text, struct shape_uint *ret)
{
	uint64_t bytes;

	if (!size_parse(text, &bytes) || !bytes || bytes > UINT64_MAX - GIB)
		return false;
	*ret = (struct shape_uint)SHAPE_UINT_OF(round_up(bytes, GIB) / GIB);
	return true;
}

static bool set_value(struct ec2_ebs_device *ebs, const char *key, const char *value)
{
	if (!strcmp(key, "snapshot")) {
		ebs->snapshot_id = value;
		return ec2_id_is_valid(value, "snap-");
	}
	if (!strcmp(key, "size"))
		return parse_size(value, &ebs->volume_size_gib);
	if (!strcmp(key, "type")) {
		ebs->volume_type = value;
		return *value;
	}
	if (!strcmp(key, "iops"))
		return parse_number(value, &ebs->iops);
	if (!strcmp(key, "throughput"))
		return parse_number(value, &ebs->throughput_mib_s);
	if (!strcmp(key, "kms-key")) {
		ebs->kms_key_id = value;
		ebs->encrypted = SHAPE_TRUE;
		return *value;
	}
	return false;
}

static bool parse_part(char *part, struct ec2_ebs_device *ebs)
{
	char *equals = strchr(part, '=');

	if (!strcmp(part, "encrypted")) {
		ebs->encrypted = SHAPE_TRUE;
		return true;
	}
	if (!strcmp(part, "keep")) {
		ebs->delete_on_termination = SHAPE_FALSE;
		return true;
	}
	if (!equals)
		return false;
	*equals = '\0';
	if (set_value(ebs, part, equals + 1))
		return true;
	*equals = '=';
	return false;
}

static bool is_ephemeral(const char *text)
{
	static const char word[] = "ephemeral";
	const char *number = text + sizeof(word) - 1;

	return !strncmp(text, word, sizeof(word) - 1) && *number &&
	       strspn(number, "0123456789") == strlen(number) && strlen(number) <= 2;
}

static bool is_device_name(const char *text)
{
	return !strncmp(text, "/dev/", 5) || !strncmp(text, "xvd", 3) ||
	       !strncmp(text, "sd", 2);
}

static int refuse(const char *text, const char *part, struct error *err)
{
	static const char size[] = "size=";
	const char *value = part + sizeof(size) - 1;
	CLEANUP(strbuf_releasep) struct strbuf why = STRBUF_INIT;
	uint64_t ignored;

	if (text_starts_with(part, size) && !size_parse(value, &ignored)) {
		size_add_refusal(value, &why);
		return error_set(err, ERR_USAGE, 0, "the mapping '%s': '%s' %s", text,
			value, why.data);
	}
	return error_set(err, ERR_USAGE, 0,
		"the mapping '%s': '%s' is not understood; write DEVICE=ephemeralN, or "
		"DEVICE= and of "
		"snapshot=ID, size=SIZE, type=TYPE, iops=N, throughput=N, kms-key=ID, "
		"encrypted, keep some with commas",
		text, part);
}

int block_device_check(
	const struct ec2_ebs_device *ebs, const char *what, struct error *err)
{
	const char *type = ebs->volume_type ? ebs->volume_type : "";
	const bool is_io = !strcmp(type, "io1") || !strcmp(type, "io2");
	const bool is_gp3 = !strcmp(type, "gp3");

	if (ebs->iops.set && !is_io && !is_gp3)
		return error_set(err, ERR_USAGE, 0,
			"%s: IOPS can be chosen of gp3, io1 and io2, not of '%s'", what,
			type);
	if (is_io && !ebs->iops.set)
		return error_set(err, ERR_USAGE, 0, "%s: a volume of %s needs its IOPS",
			what, type);
	if (ebs->throughput_mib_s.set && !is_gp3)
		return error_set(err, ERR_USAGE, 0,
			"%s: a throughput can be chosen of gp3 alone, not of '%s'", what,
			type);
	if (ebs->snapshot_id && ebs->encrypted != SHAPE_UNSET)
		return error_set(err, ERR_USAGE, 0,
			"%s: a volume of a snapshot is encrypted when that is", what);
	if (!ebs->snapshot_id && !ebs->volume_size_gib.set)
		return error_set(
			err, ERR_USAGE, 0, "%s: it needs a size, or a snapshot", what);
	return 0;
}

int block_device_parse(const char *text, struct block_device *ret, struct error *err)
{
	struct block_device d = { .text = xstrdup(text) };
	struct ec2_ebs_device *ebs = &d.mapping.ebs;
	char *rest = strchr(d.text, '='), *part;

	if (!rest || !rest[1] || !is_device_name(d.text)) {
		block_device_release(&d);
		return refuse(text, text, err);
	}
	*rest++ = '\0';
	d.mapping.device_name = d.text;
	if (is_ephemeral(rest)) {
		d.mapping.virtual_name = rest;
		*ret = d;
		return 0;
	}
	ebs->volume_type = "gp3";
	ebs->delete_on_termination = SHAPE_TRUE;
	while ((part = strsep(&rest, ",")))
		if (!parse_part(part, ebs)) {
			(void)refuse(text, part, err);
			block_device_release(&d);
			return -1;
		}
	if (block_device_check(ebs, text, err) < 0) {
		block_device_release(&d);
		return -1;
	}
	*ret = d;
	return 0;
}
