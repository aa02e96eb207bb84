#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What botocore's rule sets say of each service, region and flag, for test_endpoint.c: lines
of SERVICE, REGION, FIPS (0 or 1), DUAL STACK (0 or 1), and the URL, or "none".

Only of the partitions whose rules have been the same in all versions of botocore that
Debian and Ubuntu have.
"""

import itertools

import botocore.exceptions
import botocore.session
from botocore.endpoint_provider import EndpointProvider

SERVICES = ["ec2", "ebs", "s3", "sts", "ssm", "kms"]
PARTITIONS = ["aws", "aws-cn", "aws-us-gov"]


def main():
    loader = botocore.session.get_session().get_component("data_loader")
    partitions = loader.load_data("partitions")
    regions = [region for p in partitions["partitions"] if p["id"] in PARTITIONS
               for region in p["regions"] if not region.endswith("-global")]
    for service in SERVICES:
        rules = EndpointProvider(
            loader.load_service_model(service, "endpoint-rule-set-1"), partitions)
        for region, fips, dual in itertools.product(regions, (False, True), (False, True)):
            try:
                url = rules.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual).url
            except botocore.exceptions.EndpointProviderError:
                url = "none"
            print(service, region, int(fips), int(dual), url, sep="\t")


main()
