/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/endpoint.h"

#include <stdlib.h>
#include <string.h>

#include "aws/region.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "net/http_request.h"

/* `variable` is the environment's, `key` the one of a `services` section. */
static const struct service {
	const char *host, *signing_name, *key, *variable;
	bool gov_is_fips; /* in aws-us-gov the plain host is the FIPS one */
} services[] = {
	[AWS_EC2] = { "ec2", "ec2", "ec2", "AWS_ENDPOINT_URL_EC2", true },
	[AWS_EBS] = { "ebs", "ebs", "ebs", "AWS_ENDPOINT_URL_EBS", false },
	[AWS_S3] = { "s3", "s3", "s3", "AWS_ENDPOINT_URL_S3", false },
	[AWS_STS] = { "sts", "sts", "sts", "AWS_ENDPOINT_URL_STS", true },
	[AWS_SSM] = { "ssm", "ssm", "ssm", "AWS_ENDPOINT_URL_SSM", true },
	[AWS_KMS] = { "kms", "kms", "kms", "AWS_ENDPOINT_URL_KMS", false },
	[AWS_SSO] = { "portal.sso", "awsssoportal", "sso", "AWS_ENDPOINT_URL_SSO", true },
	[AWS_SSO_OIDC] = { "oidc", "sso-oauth", "sso_oidc", "AWS_ENDPOINT_URL_SSO_OIDC",
		true },
};

void endpoint_release(struct endpoint *e)
{
	url_release(&e->url);
	*e = (struct endpoint){ 0 };
}

static const char *environment(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

/* From the profile's `services` section: *ret_text is to be freed, NULL for none. */
static int service_setting(const struct aws_config *c, const struct service *s,
	char **ret_text, struct error *err)
{
	const char *section = aws_config_get(c, aws_config_profile(c), "services");
	bool found;

	*ret_text = NULL;
	if (!section)
		return 0;
	*ret_text = aws_config_service(c, section, s->key, "endpoint_url", &found);
	if (!found)
		return error_set(err, ERR_USAGE, 0,
			"profile '%s' names services '%s', and there is no such section",
			aws_config_profile(c), section);
	return 0;
}

/* *ret_text (to be freed) and *ret_what, who says so; NULL when nobody says one. */
static int configured(const struct aws_config *c, const struct service *s,
	char **ret_text, const char **ret_what, struct error *err)
{
	const char *text = NULL;
	bool ignore;

	if (aws_config_flag(c, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
		    "ignore_configured_endpoint_urls", &ignore, err) < 0)
		return -1;
	*ret_text = NULL;
	if (ignore)
		return 0;
	*ret_what = s->variable;
	text = environment(s->variable);
	if (!text) {
		*ret_what = "AWS_ENDPOINT_URL";
		text = environment("AWS_ENDPOINT_URL");
	}
	if (!text) {
		*ret_what = "endpoint_url";
		if (service_setting(c, s, ret_text, err) < 0)
			return -1;
		if (*ret_text)
			return 0;
		text = aws_config_get(c, aws_config_profile(c), "endpoint_url");
	}
	*ret_text = text && *text ? xstrdup(text) : NULL;
	return 0;
}

static int custom(const char *text, const char *what, bool dual_stack, bool fips,
	struct endpoint *e, struct error *err)
{
	if (dual_stack || fips)
		return error_set(err, ERR_USAGE, 0,
			"%s names an endpoint, which goes with neither dual stack nor "
			"FIPS",
			what);
	if (url_parse(text, what, &e->url, err) < 0)
		return -1;
	e->is_custom = true;
	if (!e->url.is_https && !http_host_is_loopback(e->url.host))
		return error_set(err, ERR_USAGE, 0,
			"%s is plain http to '%s': only https leaves this machine", what,
			e->url.host);
	return 0;
}

/* The name of AWS's own host for a service. */
static char *aws_host(const struct service *s, const char *region,
	const struct region_partition *p, bool dual_stack, bool fips)
{
	const char *suffix = dual_stack ? p->dual_stack_suffix : p->dns_suffix;

	if (s == &services[AWS_S3])
		return xasprintf("s3%s%s.%s.%s", fips ? "-fips" : "",
			dual_stack ? ".dualstack" : "", region, p->dns_suffix);
	if (fips && !dual_stack && s->gov_is_fips && strcmp(p->name, "aws-us-gov") == 0)
		fips = false;
	return xasprintf("%s%s.%s.%s", s->host, fips ? "-fips" : "", region, suffix);
}

static int standard(const struct service *s, const char *region, bool dual_stack,
	bool fips, struct endpoint *e, struct error *err)
{
	CLEANUP(freep) char *host = NULL, *text = NULL;
	const struct region_partition *p = region_partition(region);

	if (region_check(region, err) < 0)
		return -1;
	if (s == &services[AWS_S3] && fips && p->no_s3_fips)
		return error_set(err, ERR_USAGE, 0,
			"S3 has no FIPS endpoint in the partition %s", p->name);
	host = aws_host(s, region, p, dual_stack, fips);
	text = xasprintf("https://%s", host);
	return url_parse(text, host, &e->url, err);
}

int endpoint_resolve(const struct aws_config *c, enum aws_service service,
	const char *region, struct endpoint *ret, struct error *err)
{
	CLEANUP(endpoint_releasep) struct endpoint e = { 0 };
	CLEANUP(freep) char *text = NULL;
	const struct service *s = &services[service];
	const char *what = NULL;
	bool dual_stack, fips;
	int rc;

	if (aws_config_flag(c, "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint",
		    &dual_stack, err) < 0 ||
		aws_config_flag(c, "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &fips,
			err) < 0 ||
		configured(c, s, &text, &what, err) < 0)
		return -1;
	e.signing_name = s->signing_name;
	rc = text ? custom(text, what, dual_stack, fips, &e, err)
		  : standard(s, region, dual_stack, fips, &e, err);
	if (rc < 0)
		return -1;
	*ret = e;
	e = (struct endpoint){ 0 };
	return 0;
}

int endpoint_at(const char *url, const char *what, enum aws_service service,
	struct endpoint *ret, struct error *err)
{
	CLEANUP(endpoint_releasep) struct endpoint e = { 0 };

	e.signing_name = services[service].signing_name;
	if (custom(url, what, false, false, &e, err) < 0)
		return -1;
	*ret = e;
	e = (struct endpoint){ 0 };
	return 0;
}
