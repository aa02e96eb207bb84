/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/imds_content.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"

static const char account_id[] = "123456789012";
static const char security_group[] = "default";
static const char root_device[] = "/dev/xvda";

static void add_network(struct imds_tree *t, const struct instance_identity *id)
{
	const struct {
		const char *name;
		const char *value;
	} interface[] = {
		{ "device-number", "0" },
		{ "interface-id", id->interface_id },
		{ "local-hostname", id->hostname },
		{ "local-ipv4s", IDENTITY_ADDRESS },
		{ "mac", id->mac },
		{ "owner-id", account_id },
		{ "security-group-ids", id->security_group_id },
		{ "security-groups", security_group },
		{ "subnet-id", id->subnet_id },
		{ "subnet-ipv4-cidr-block", IDENTITY_NETWORK "/16" },
		{ "vpc-id", id->vpc_id },
		{ "vpc-ipv4-cidr-block", IDENTITY_NETWORK "/16" },
		{ "vpc-ipv4-cidr-blocks", IDENTITY_NETWORK "/16" },
	};
	char path[128];

	for (size_t i = 0; i < sizeof(interface) / sizeof(interface[0]); i++) {
		(void)snprintf(path, sizeof(path),
			"meta-data/network/interfaces/macs/%s/%s", id->mac,
			interface[i].name);
		imds_tree_addf(t, path, "%s", interface[i].value);
	}
}

static void add_keys(struct imds_tree *t, const struct strv *keys)
{
	char path[64];

	for (size_t i = 0; keys && i < keys->count; i++) {
		(void)snprintf(path, sizeof(path), IMDS_KEY_PATH, i);
		imds_tree_addf(t, path, "%s", keys->items[i]);
	}
}

/* In the order in which the listing shows them. */
static void add_meta_data(struct imds_tree *t, const struct imds_spec *spec)
{
	const struct instance_identity *id = spec->identity;
	const struct {
		const char *path;
		const char *value;
	} before[] = {
		{ "meta-data/ami-id", id->image_id },
		{ "meta-data/ami-launch-index", "0" },
		{ "meta-data/ami-manifest-path", "(unknown)" },
		{ "meta-data/block-device-mapping/ami", root_device },
		{ "meta-data/block-device-mapping/root", root_device },
		{ "meta-data/hostname", id->hostname },
		{ "meta-data/instance-action", "none" },
		{ "meta-data/instance-id", id->instance_id },
		{ "meta-data/instance-life-cycle", "on-demand" },
		{ "meta-data/instance-type", id->instance_type },
		{ "meta-data/local-hostname", id->hostname },
		{ "meta-data/local-ipv4", IDENTITY_ADDRESS },
		{ "meta-data/mac", id->mac },
	}, between[] = {
		{ "meta-data/placement/availability-zone", IMDS_ZONE },
		{ "meta-data/placement/availability-zone-id", IMDS_ZONE_ID },
		{ "meta-data/placement/region", IMDS_REGION },
		{ "meta-data/profile", "default-hvm" },
	}, after[] = {
		{ "meta-data/reservation-id", id->reservation_id },
		{ "meta-data/security-groups", security_group },
		{ "meta-data/services/domain", "amazonaws.com" },
		{ "meta-data/services/partition", "aws" },
		{ "meta-data/system", "nitro" },
	};

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		imds_tree_addf(t, before[i].path, "%s", before[i].value);
	add_network(t, id);
	for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++)
		imds_tree_addf(t, between[i].path, "%s", between[i].value);
	add_keys(t, spec->openssh_keys);
	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++)
		imds_tree_addf(t, after[i].path, "%s", after[i].value);
}

/* The user guide's "instance identity documents", version 2017-09-30. */
static void add_identity_document(struct imds_tree *t, const struct imds_spec *spec)
{
	struct strbuf text = STRBUF_INIT;
	struct json j = JSON_PRETTY_INIT(&text);
	char launched[32];

	clock_format_utc(spec->launched, launched, sizeof(launched));
	json_object_begin(&j, NULL);
	json_add_string(&j, "accountId", account_id);
	json_add_string(&j, "architecture", vm_arch_name(spec->identity->arch));
	json_add_string(&j, "availabilityZone", IMDS_ZONE);
	json_add_null(&j, "billingProducts");
	json_add_null(&j, "devpayProductCodes");
	json_add_null(&j, "marketplaceProductCodes");
	json_add_string(&j, "imageId", spec->identity->image_id);
	json_add_string(&j, "instanceId", spec->identity->instance_id);
	json_add_string(&j, "instanceType", spec->identity->instance_type);
	json_add_null(&j, "kernelId");
	json_add_string(&j, "pendingTime", launched);
	json_add_string(&j, "privateIp", IDENTITY_ADDRESS);
	json_add_null(&j, "ramdiskId");
	json_add_string(&j, "region", IMDS_REGION);
	json_add_string(&j, "version", "2017-09-30");
	json_object_end(&j);
	imds_tree_add(
		t, "dynamic/instance-identity/document", text.data, text.length_bytes);
	strbuf_release(&text);
}

void imds_content_add(struct imds_tree *t, const struct imds_spec *spec)
{
	add_identity_document(t, spec);
	add_meta_data(t, spec);
	if (spec->user_data)
		imds_tree_add(t, "user-data", spec->user_data, spec->user_data_bytes);
}
