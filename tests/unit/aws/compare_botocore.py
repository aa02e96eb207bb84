#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compare_botocore.py TOOL: hold src/aws's codecs and retries against Debian's botocore.

TOOL is codec_tool. Requests and answers are generated from botocore's service models, as far as
our tables and the models have the same members, always from the same seed. AWS_MODELS names a
directory of newer models.
"""
import json
import os
import random
import string
import subprocess
import sys
import time
import urllib.parse
import xml.etree.ElementTree
import xml.sax.saxutils

import botocore.exceptions as failures
import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize
from botocore.awsrequest import HeadersDict
from botocore.retries import adaptive, bucket, standard, throttling

ACTIONS = {
    "ec2": [
        "DescribeImages", "DescribeSnapshots", "RegisterImage", "CopyImage", "DeregisterImage",
        "ModifyImageAttribute", "CreateTags", "DeleteSnapshot", "DescribeImageAttribute",
        "ModifySnapshotAttribute", "DescribeSnapshotAttribute", "GetImageBlockPublicAccessState",
        "EnableImageDeprecation", "EnableImageDeregistrationProtection",
        "DisableImageDeregistrationProtection", "DescribeRegions",
    ],
    "ebs": [
        "StartSnapshot", "PutSnapshotBlock", "CompleteSnapshot", "ListSnapshotBlocks",
        "ListChangedBlocks", "GetSnapshotBlock",
    ],
    "ssm": ["GetParameter", "PutParameter"],
    "kms": ["DescribeKey"],
    "s3": [
        "HeadBucket", "PutObject", "GetObject", "HeadObject", "DeleteObject", "ListObjectsV2",
        "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "AbortMultipartUpload",
        "ListParts", "ListMultipartUploads",
    ],
}
# Actions that came after Debian 12's botocore.
NEWER_ACTIONS = {
    "EnableImageDeregistrationProtection", "DisableImageDeregistrationProtection",
    "GetImageBlockPublicAccessState",
}
# Members that came after Debian 12's botocore, or Ubuntu 24.04's.
NEWER = {
    "DeleteAssociatedSnapshots", "If-None-Match", "ImdsSupport", "IncludeDisabled", "MaxResults", "NextToken",
    "SnapshotCopyCompletionDurationMinutes", "TagSpecification", "VolumeInitializationRate",
    "completionTime", "deregistrationProtection", "fullSnapshotSizeInBytes", "managedBy", "nextToken",
    "sourceImageId", "sourceImageRegion",
}
ROUNDS = 40
TEXT = string.printable[:-6] + "äß€\U0001f600"
checked = 0


def same(what, ours, theirs):
    global checked
    checked += 1
    if ours != theirs:
        sys.exit(f"{what}:\n  ours   {ours}\n  theirs {theirs}")


class Tool:
    def __init__(self, path):
        pipe = subprocess.PIPE
        self.child = subprocess.Popen([path], stdin=pipe, stdout=pipe, text=True)

    def ask(self, *arguments):
        self.child.stdin.write("\t".join(map(str, arguments)) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            sys.exit(f"the tool ended at {arguments}")
        return json.loads(line)


def load(service):
    newer = os.environ.get("AWS_MODELS")
    loader = botocore.loaders.Loader(extra_search_paths=[newer] if newer else None)
    return botocore.model.ServiceModel(loader.load_service_model(service, "service-2"), service)


def members(shape, fields):
    """(API name, our name, shape, our fields inside) of what both sides have."""
    for name, member in shape.members.items():
        ours = member.serialization.get("name", name)
        if ours in fields:
            yield name, ours, member, fields[ours]


def check_names(what, shape, fields):
    """Names of ours that the model does not have are wrong, or newer than Debian's."""
    if shape.type_name == "list":
        shape = shape.member
    if fields is None or shape.type_name != "structure":
        return
    known = {ours: (member, inside) for _, ours, member, inside in members(shape, fields)}
    unknown = set(fields) - set(known) - (set() if "AWS_MODELS" in os.environ else NEWER)
    same(f"names of {what}", unknown, set())
    for ours, (member, inside) in known.items():
        check_names(f"{what}.{ours}", member, inside)


def text(rng, alphabet=TEXT):
    return "".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 12)))


def generate(rng, shape, fields, service, ident=False):
    """A value as botocore takes it, and the same under our names."""
    kind = shape.type_name
    if kind == "structure":
        theirs, ours = {}, {}
        for name, our_name, member, inside in members(shape, fields):
            place = member.serialization.get("location")
            if place != "uri" and rng.random() < 0.4:
                continue
            value, our_value = generate(rng, member, inside, service, place in ("uri", "header"))
            if value in ({}, []):
                continue
            theirs[name], ours[our_name] = value, our_value
        return theirs, ours
    if kind == "list":
        pairs = [generate(rng, shape.member, fields, service) for _ in range(rng.randrange(3))]
        pairs = [pair for pair in pairs if pair[0] != {}]
        return [p[0] for p in pairs], [p[1] for p in pairs]
    if kind == "boolean":
        value = rng.random() < 0.5
    elif kind in ("integer", "long"):
        value = rng.choice([0, 1, 524288, 2**31 - 1])
    elif kind == "timestamp":
        value = 1500000000 + rng.randrange(10**8)
        if service == "ec2":
            value = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(value))
    else:
        value = text(rng, string.ascii_letters + "+/=-_" if ident else TEXT)
    return value, value


def compare_ec2_request(tool, model, rng, name, fields):
    operation = model.operation_model(name)
    params, ours = generate(rng, operation.input_shape, fields, "ec2")
    theirs = botocore.serialize.create_serializer("ec2", False).serialize_to_request(params, operation)
    body = tool.ask("encode", "ec2", name, json.dumps(ours))["body"]
    pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True)
    same(f"{name} repeats a parameter", len(pairs), len(dict(pairs)))
    same(name, dict(pairs), {k: str(v) for k, v in theirs["body"].items()})


def compare_json_request(tool, model, rng, name, fields):
    operation, service = model.operation_model(name), model.service_name
    params, ours = generate(rng, operation.input_shape, fields, service)
    protocol = model.metadata["protocol"]
    theirs = botocore.serialize.create_serializer(protocol, False).serialize_to_request(params, operation)
    got = tool.ask("encode", service, name, json.dumps(ours))
    same(name, got["method"], theirs["method"])
    same(name, got["path"], theirs["url_path"])
    same(name, got["query"], {k: str(v) for k, v in (theirs["query_string"] or {}).items()})
    headers = {k.lower(): v for k, v in got["headers"].items()}
    wanted = {k.lower(): str(v) for k, v in theirs["headers"].items()}
    if not got["body"]:
        wanted.pop("content-type", None)
    same(name, headers, wanted)
    same(name, json.loads(got["body"] or "{}"), json.loads(theirs["body"] or b"{}"))


def tree(element):
    """An element without its namespace: name, text, and what is in it, by name."""
    inner = sorted((tree(inner) for inner in element), key=lambda it: it[0])
    return element.tag.rpartition("}")[2], element.text or "", inner


def compare_s3_request(tool, model, rng, name, fields):
    operation = model.operation_model(name)
    params, ours = generate(rng, operation.input_shape, fields, "s3")
    params["Bucket"] = ours["Bucket"] = "b" + text(rng)
    if "Key" in fields:
        params["Key"] = ours["Key"] = "k" + text(rng)
    theirs = botocore.serialize.create_serializer("rest-xml", False).serialize_to_request(params, operation)
    path, _, fixed = theirs["url_path"].partition("?")
    # Newer models leave the bucket to what chooses the host.
    if "{Bucket}" not in operation.http["requestUri"]:
        path = "/" + urllib.parse.quote(params["Bucket"], safe="-._~") + (path if path != "/" else "")
    got = tool.ask("encode", "s3", name, json.dumps(ours))
    same(name, got["method"], theirs["method"])
    same(name, got["path"], path)
    query = dict(urllib.parse.parse_qsl(fixed, keep_blank_values=True))
    same(name, got["query"], {**query, **{k: str(v) for k, v in (theirs["query_string"] or {}).items()}})
    same(name, {k.lower(): v for k, v in got["headers"].items()},
         {k.lower(): str(v) for k, v in theirs["headers"].items()})
    bodies = [body and tree(xml.etree.ElementTree.fromstring(body)) for body in (got["body"], theirs["body"])]
    same(name, bodies[0] or "", bodies[1] or "")


def compare_s3_answer(tool, model, rng, name, fields, root):
    shape = model.operation_model(name).output_shape
    if not shape or not fields:
        return
    value, _ = generate(rng, shape, fields, "s3")
    headers, body = {}, dict(value)
    for key, member in shape.members.items():
        if key in value and member.serialization.get("location") == "header":
            headers[member.serialization["name"]] = str(body.pop(key))
    document = to_xml(rng, shape, body, root) if root else ""
    answer = {"status_code": 200, "headers": HeadersDict(headers), "body": document.encode()}
    theirs = prune(shape, botocore.parsers.create_parser("rest-xml").parse(answer, shape), fields)
    told = "|".join(part for pair in headers.items() for part in pair)
    ours, our_headers = tool.ask("decode", "s3", name, told, document)
    same(name, {**ours, **our_headers}, theirs)


def prune(shape, value, fields):
    """What botocore parsed, under our names, and only what our tables have."""
    if shape.type_name == "structure":
        pairs = ((our, prune(member, value[name], inside))
                 for name, our, member, inside in members(shape, fields) if name in value)
        return {name: v for name, v in pairs if v not in ({}, [], None)}
    if shape.type_name == "list":
        return [prune(shape.member, v, fields) for v in value]
    return value


def member_to_xml(rng, member, value, name):
    if member.type_name == "list" and member.serialization.get("flattened"):
        return "".join(to_xml(rng, member.member, item, name) for item in value)
    return to_xml(rng, member, value, name)


def to_xml(rng, shape, value, name):
    """As the service writes it, with white space and elements that nobody knows."""
    blank = rng.choice(["", " ", "    "])
    if shape.type_name == "structure":
        inner = "".join(member_to_xml(rng, member, value[key], member.serialization.get("name", key))
                        for key, member in shape.members.items() if key in value)
        inner += rng.choice(["", "<new><name>x</name>y</new>"])
    elif shape.type_name == "list":
        inner = "".join(blank + to_xml(rng, shape.member, v, "item") for v in value)
    else:
        inner = str(value).lower() if isinstance(value, bool) else str(value)
        if rng.random() < 0.3 and "]]>" not in inner:
            return f"<{name}><![CDATA[{inner}]]></{name}>"
        inner = xml.sax.saxutils.escape(inner, {'"': rng.choice(["&quot;", "&#34;"])})
        return f"<{name}>{inner}</{name}>"
    return f"<{name}>{blank}{inner}{blank}</{name}>{rng.choice(['', '<!-- x -->'])}"


def model_fields(shape, fields):
    """What to generate answers of: all that the model has, whether we keep it or not."""
    kept = {}
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            kept[member.serialization.get("name", name)] = model_fields(member, None)
        return kept
    return model_fields(shape.member, None) if shape.type_name == "list" else None


def compare_ec2_answer(tool, model, rng, name, fields):
    shape = model.operation_model(name).output_shape
    document = f"<{name}Response><requestId>r</requestId><return>true</return></{name}Response>"
    theirs = {}
    if shape:
        value, _ = generate(rng, shape, model_fields(shape, fields), "ec2")
        inner = to_xml(rng, shape, value, "x").removeprefix("<x>").rpartition("</x>")[0]
        document = (f'<?xml version="1.0" encoding="UTF-8"?><{name}Response xmlns='
                    f'"http://ec2.amazonaws.com/doc/2016-11-15/">{inner}</{name}Response>')
        parser = botocore.parsers.EC2QueryParser(timestamp_parser=lambda value: value)
        answer = {"status_code": 200, "headers": HeadersDict(), "body": document.encode()}
        theirs = prune(shape, parser.parse(answer, shape), fields)
    if "\t" in document or "\n" in document:
        return
    same(name, tool.ask("decode", "ec2", name, "", document), [theirs, {}])


def compare_json_answer(tool, model, rng, name, fields):
    shape, service = model.operation_model(name).output_shape, model.service_name
    value, _ = generate(rng, shape, model_fields(shape, fields), service)
    headers, body, raw = {}, {}, None
    for key, member in shape.members.items():
        if key not in value:
            continue
        if member.serialization.get("location") == "header":
            headers[member.serialization["name"]] = str(value[key])
        elif member.type_name == "blob":
            raw = "block"
        else:
            body[key] = value[key]
    parser = botocore.parsers.create_parser(model.metadata["protocol"])
    parser._timestamp_parser = lambda value: value
    raw = raw or json.dumps(body)
    answer = {"status_code": 200, "headers": HeadersDict(headers), "body": raw.encode()}
    theirs = prune(shape, parser.parse(answer, shape), fields)
    told = "|".join(part for pair in headers.items() for part in pair)
    ours, our_headers = tool.ask("decode", service, name, told, raw)
    same(name, {**ours, **our_headers}, theirs)


def compare_errors(tool, models):
    documents = [
        ("ec2", 400, "<Response><Errors><Error><Code>InvalidSnapshot.InUse</Code><Message>in use &amp; busy"
                     "</Message></Error></Errors><RequestID>r-1</RequestID></Response>", {}),
        ("sts", 403, '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
                     "<Code>AccessDenied</Code><Message>no</Message></Error><RequestId>r-2</RequestId>"
                     "</ErrorResponse>", {}),
        ("s3", 404, "<Error><Code>NoSuchKey</Code><Message>none</Message><RequestId>r-3</RequestId></Error>",
         {"x-amz-request-id": "r-3"}),
        ("ebs", 400, '{"message": "bad", "Reason": "INVALID_BLOCK"}',
         {"x-amzn-ErrorType": "ValidationException:http://internal.amazon.com/coral/x/", "x-amzn-RequestId": "r"}),
        ("ebs", 400, '{"__type": "com.amazon.ebs#ThrottlingException", "Message": "slow"}', {}),
        ("ebs", 403, '{"code": "Forbidden", "message": "who?"}', {}),
    ]
    for service, status, body, headers in documents:
        protocol = {"ec2": "ec2", "sts": "query", "s3": "rest-xml", "ebs": "rest-json"}[service]
        parser = botocore.parsers.create_parser(protocol)
        shape = models["ebs"].operation_model("StartSnapshot").output_shape
        theirs = parser.parse(
            {"status_code": status, "headers": HeadersDict(headers), "body": body.encode()}, shape)
        told = "|".join(part for pair in headers.items() for part in pair)
        ours = tool.ask("error", service, told, body)
        same(body, (ours["code"], ours["message"]),
             (theirs["Error"]["Code"], theirs["Error"]["Message"]))
        same(body, ours["request_id"], theirs["ResponseMetadata"].get("RequestId"))


def compare_retries(tool, model):
    old = 2**64 - 1
    operation = model.operation_model("DescribeImages")
    checker = standard.StandardRetryConditions(max_attempts=3)

    class Answer:
        def __init__(self, status):
            self.status_code, self.headers = status, {}

    codes = set(standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES)
    codes |= set(standard.TransientRetryableChecker._TRANSIENT_ERROR_CODES)
    codes |= {"", "InternalError", "Unavailable", "InvalidSnapshot.NotFound", "AccessDenied", "AuthFailure",
              "ValidationException", "ResourceNotFoundException", "ConflictException", "slowdown",
              "InsufficientInstanceCapacity", "SnapshotCreationPerVolumeRateExceeded", ".NotFound"}
    for code in sorted(codes):
        for status in (400, 402, 403, 404, 409, 429, 500, 501, 502, 503, 504):
            context = standard.RetryContext(
                1, operation_model=operation, http_response=Answer(status),
                parsed_response={"Error": {"Code": code}} if code else {})
            same(f"retry of {code} {status}", tool.ask("retry", 0, status, code, old) != 0,
                 checker.is_retryable(context))
    kinds = [  # in the order of enum http_failure
        failures.EndpointConnectionError(endpoint_url="x"),
        failures.ConnectTimeoutError(endpoint_url="x"), None,
        failures.ReadTimeoutError(endpoint_url="x"), failures.ReadTimeoutError(endpoint_url="x"),
        failures.ConnectionClosedError(endpoint_url="x"),
    ]
    for number, caught in enumerate(kinds, 1):
        if caught:
            context = standard.RetryContext(1, operation_model=operation, caught_exception=caught)
            same(f"retry of {caught!r}", tool.ask("retry", number, 0, "", old) != 0,
                 checker.is_retryable(context))


class Clock:
    now = 0.0

    def current_time(self):
        return self.now


def compare_rate(tool, rng):
    clock = Clock()
    clock.now = 1000.0
    answers = type("Detector", (), {"is_throttling_error": lambda self, throttled: throttled})()
    tokens = bucket.TokenBucket(max_rate=1, clock=clock)
    limiter = adaptive.ClientRateLimiter(
        throttling.CubicCalculator(starting_max_rate=0, start_time=clock.now),
        adaptive.RateClocker(clock), tokens, answers, clock)
    tool.ask("rate", "init", 1000000)
    now_ms = 1000000
    for _ in range(400):
        now_ms += rng.randrange(400)
        clock.now = now_ms / 1000
        if rng.random() < 0.5:
            wait_ms = 0
            if limiter._enabled:
                tokens._refill()
                if tokens.available_capacity >= 1:
                    tokens._current_capacity -= 1
                else:
                    wait_ms = tokens._sleep_amount(1) * 1000
            ours = tool.ask("rate", "acquire", now_ms)[1]
            same("rate's wait", wait_ms - 0.001 <= ours <= wait_ms + 1.001, True)
        else:
            throttled = rng.random() < 0.1
            limiter.on_receiving_response(throttled=throttled)
            ours = tool.ask("rate", "throttled" if throttled else "note", now_ms)[0]
            same("rate", abs(ours - tokens.max_rate) < 1e-6 * max(1, ours), True)


def main():
    rng = random.Random(20261121)
    tool = Tool(sys.argv[1])
    models = {service: load(service) for service in ACTIONS}
    for service, names in ACTIONS.items():
        for name in names:
            fields = tool.ask("fields", service, name)
            if name in NEWER_ACTIONS and name not in models[service].operation_names:
                continue
            operation = models[service].operation_model(name)
            check_names(name, operation.input_shape, fields["request"])
            if operation.output_shape:
                check_names(name, operation.output_shape, fields["answer"])
            for _ in range(ROUNDS):
                if service == "ec2":
                    compare_ec2_request(tool, models[service], rng, name, fields["request"])
                    compare_ec2_answer(tool, models[service], rng, name, fields["answer"])
                elif service == "s3":
                    compare_s3_request(tool, models[service], rng, name, fields["request"])
                    compare_s3_answer(tool, models[service], rng, name, fields["answer"], fields["root"])
                else:
                    compare_json_request(tool, models[service], rng, name, fields["request"])
                    compare_json_answer(tool, models[service], rng, name, fields["answer"])
    compare_errors(tool, models)
    compare_retries(tool, models["ec2"])
    compare_rate(tool, rng)
    print(f"{checked} comparisons")


main()
