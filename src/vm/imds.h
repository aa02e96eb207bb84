/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The EC2 instance metadata service, version 2 only: a request in, a response out, no
 * input or output of its own (imds_server.h puts it on a socket).
 *
 * Behaviour is that of "Use the Instance Metadata Service to access instance metadata" in
 * the EC2 user guide: a token is got by PUT, and every GET has to bring one. What a real
 * instance has and this one has not: the signatures of the identity document (pkcs7,
 * rsa2048 and signature are 404: only AWS can sign it), IAM credentials, tags, spot and
 * maintenance events. The IPv6 endpoint is on the wire (imds_ipv6.h).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/strv.h"
#include "net/httpd.h"
#include "vm/instance_identity.h"

#define IMDS_REGION "us-east-1"
#define IMDS_ZONE "us-east-1a"
#define IMDS_ZONE_ID "use1-az1"
/* Of the first launch key; the others' are "amiwright-1" and so on. */
#define IMDS_KEY_NAME "amiwright"

/* This header is in the response that hands out a token, and in no other. */
#define IMDS_TTL_HEADER "X-Aws-Ec2-Metadata-Token-Ttl-Seconds"

/* How the service is. */
enum imds_condition {
	IMDS_WELL = 0,
	IMDS_OFF, /* as where the instance's HttpEndpoint is disabled: 403 to all */
	IMDS_FAULTY, /* imds_faults.h */
};

struct imds_spec {
	const struct instance_identity *identity; /* borrowed */
	const struct strv *openssh_keys; /* public lines of launch keys; NULL: none */
	const void *user_data; /* any bytes; NULL: none */
	size_t user_data_bytes;
	time_t launched; /* the identity document's pendingTime */
	enum imds_condition condition;
};

struct imds;

/* Strings and user data are copied. */
struct imds *imds_new(const struct imds_spec *spec);
struct imds *imds_free(struct imds *m);
static inline void imds_freep(struct imds **m)
{
	*m = imds_free(*m);
}

/* `now_ms` is the time by which tokens expire (base/clock.h). Not thread-safe. */
void imds_answer(struct imds *m, const struct httpd_request *request, uint64_t now_ms,
	struct httpd_response *response);
