#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""signature_oracle.py SCHEME REGION SERVICE KEY SECRET TOKEN FILE…: botocore signs again what was
sent. Each FILE is an HTTP request as it came; the signature in it has to be botocore's, or
there is an error. TOKEN may be empty.
"""
import hashlib
import sys

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def check(path, scheme, region, service, credentials):
    with open(path, "rb") as file:
        head, _, body = file.read().partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    sent = headers.pop("authorization")
    fields = dict(part.split("=", 1) for part in sent.split(" ", 1)[1].split(", "))
    signed = fields["SignedHeaders"].split(";")
    for name in headers:
        if name.startswith("x-amz-") and name not in signed:
            sys.exit(f"{path}: {name} is not signed")
    request = AWSRequest(method=method, url=f"{scheme}://{headers['host']}{target}", data=body,
                         headers={name: headers[name] for name in signed})
    request.context["timestamp"] = headers["x-amz-date"]
    request.context["payload_signing_enabled"] = method != "PUT"
    if service == "s3":
        told = headers["x-amz-content-sha256"]
        if told not in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest()):
            sys.exit(f"{path}: {told} is not the body's hash")
    auth = (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, region)
    auth.headers_to_sign = lambda request: request.headers
    text = auth.string_to_sign(request, auth.canonical_request(request))
    wanted = auth.signature(text, request)
    if wanted != fields["Signature"]:
        sys.exit(f"{path}: signature {fields['Signature']}, of botocore {wanted}")


def main():
    scheme, region, service, key, secret, token, *files = sys.argv[1:]
    for path in files:
        check(path, scheme, region, service, Credentials(key, secret, token or None))


main()
