#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""sigv4_oracle.py SEED COUNT: random requests and how botocore signs them, for test_sigv4.c.

A case is lines of tab-separated fields, the last of them the signature:

    case KIND METHOD HOST PATH PAYLOAD TOKEN REGION SERVICE TIME EXPIRES
    query NAME VALUE
    header NAME VALUE
    signature HEX
"""

import hashlib
import random
import re
import sys
from urllib.parse import parse_qs, quote, urlsplit

from botocore.auth import (S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth,
                           SigV4QueryAuth)
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

ACCESS_KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NAMES = ["uploads", "partNumber", "uploadId", "list-type", "prefix", "max-keys", "a", "A",
         "a-b", "a.b", "a_b", "ab", "blockToken", "Param 1", "ä", "x/y", "=", "%41", "+"]
HEADERS = ["x-amz-Checksum", "x-amz-Checksum-Algorithm", "X-Amz-Data-Length", "Content-Type",
           "x-amz-meta-a", "X-Amz-Meta-B", "x-amz-acl", "Content-Length", "User-Agent", "Range"]
SERVICES = ["ec2", "ebs", "sts", "ssm", "kms"]
REGIONS = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"]


def text(rng, most):
    letters = "abcXYZ019-._~ /+=&?%:;,@!$'()*[]{}\"<>|\\^`#äß漢€"
    return "".join(rng.choice(letters) for _ in range(rng.randrange(most)))


def path(rng, is_s3):
    parts = [rng.choice(["snapshots", "blocks", "..", ".", "", text(rng, 8)])
             for _ in range(rng.randrange(6))]
    result = "/" + "/".join(parts)
    # Of "//x" urllib would make a host.
    return quote(result if is_s3 else re.sub("^/+", "/", result), safe="/~")


def payload_of(kind, body, unsigned):
    if kind == "s3-query" or unsigned:
        return "UNSIGNED-PAYLOAD"
    return hashlib.sha256(body).hexdigest() if body else ""


def case(rng):
    kind = rng.choice(["header", "query", "s3-header", "s3-query"])
    is_s3, is_query = kind.startswith("s3"), kind.endswith("query")
    method = rng.choice(["GET", "PUT", "POST", "DELETE", "HEAD"])
    host = rng.choice(["ebs.us-east-1.amazonaws.com", "127.0.0.1:4566", "[::1]:8080",
                       "bucket.s3.eu-west-1.amazonaws.com"])
    sent = path(rng, is_s3)
    # botocore presigns only one value a name.
    count = rng.randrange(6)
    names = rng.sample(NAMES, count) if is_query else rng.choices(NAMES, k=count)
    query = [(name, text(rng, 12)) for name in names]
    headers = [(rng.choice(HEADERS), "v" + text(rng, 20) + "v") for _ in range(rng.randrange(7))]
    # What a presigned request has in its body, botocore would put into the query.
    body = b"" if is_query else rng.choice([b"", b"x", b'{"VolumeSize": 8}'])
    token = rng.choice(["", "FwoGZXIvYXdzE//+=" + text(rng, 20).replace(" ", "")])
    region, service = rng.choice(REGIONS), "s3" if is_s3 else rng.choice(SERVICES)
    unsigned = not is_query and rng.random() < 0.4
    expires = rng.randrange(1, 604801)

    url = "https://" + host + sent
    if query:
        url += "?" + "&".join(quote(n, safe="-_.~") + "=" + quote(v, safe="-_.~")
                              for n, v in query)
    request = AWSRequest(method=method, url=url, data=body)
    for name, value in headers:
        request.headers[name] = value
    request.context["payload_signing_enabled"] = not unsigned
    if is_s3:
        request.context["client_config"] = Config(s3={"payload_signing_enabled": not unsigned})
    auth = {"header": SigV4Auth, "query": SigV4QueryAuth, "s3-header": S3SigV4Auth,
            "s3-query": S3SigV4QueryAuth}[kind]
    more = {"expires": expires} if is_query else {}
    auth(Credentials(ACCESS_KEY, SECRET, token or None), service, region, **more).add_auth(request)
    if is_query:
        signature = parse_qs(urlsplit(request.url).query)["X-Amz-Signature"][0]
    else:
        signature = request.headers["Authorization"].rpartition("Signature=")[2]

    # A plain service's request whose body is not signed says so in a header, too.
    label = "unsigned" if kind == "header" and unsigned else kind
    print("case", label, method, host, sent, payload_of(kind, body, unsigned), token, region,
          service, request.context["timestamp"], expires, sep="\t")
    for name, value in query:
        print("query", name, value, sep="\t")
    for name, value in headers:
        print("header", name, value, sep="\t")
    print("signature", signature, sep="\t")


def main():
    rng = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        case(rng)


main()
