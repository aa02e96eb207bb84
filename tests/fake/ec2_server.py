#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ec2_server.py STATE: ebs_server.py's service with images, tags, filters and pages of EC2.

What ebs_server.py says of STATE holds here, too. Besides:

  STATE/seed        JSON, read once: what is there from the beginning,
                      {"snapshots": [{"id", "size", "tags", "state", "looks", "age_s", "blocks",
                                      "encrypted", "like", "own"}],
                       "images": [{"id", "name", "tags", "snapshots", "age_s", "architecture",
                                   "hvm", "more", "owner"}],
                       "parameters": {name: [type, value]}}
                    looks      so many see a pending one pending, and then it is completed
                    blocks     indices of blocks that it has, each with content of its own
                    like, own  but for the blocks that are `own`, with that of this snapshot
                    hvm        it is one of today, and not paravirtual
                    more       what else RegisterImage was told
                    owner      the account whose it is, when not the caller's
  STATE/invalid     requests that botocore's model of EC2 does not allow, a line each
  STATE/faults      also of EC2's actions: DescribeImages, RegisterImage, ... And
                    hidden_ms  of RegisterImage: for so long the image is not listed
                    pending    of RegisterImage: so many looks see it pending
                    state      of RegisterImage: what it ends in ("available")
                    code       of any: it is refused with this code, as "fault" tells when; with 403
                               where that is UnauthorizedOperation, else 400
                    in         with code or fault: in these regions alone, a list
                    account    of GetCallerIdentity: the caller's
                    code       of AssumeRole: that of the MFA device; each is good once
                    ahead_s    of AssumeRole: so far is STS's clock ahead of this machine's
                    "mutating" in an action's place: {"at": N, "fault": ...} of the Nth call that
                    changes something, counted since the file said so; "also" is a list of actions
                    that are counted besides
                    usage_operation  of DescribeImages: what all images are charged as
"""
import calendar
import datetime
import fnmatch
import http
import os
import re
import time
import urllib.parse
import uuid
import xml.sax.saxutils

import botocore.loaders
import botocore.model
import botocore.validate

import ebs_server
import ec2_sharing
from ebs_server import Refusal

OWNER = "123456789012"
PAGE_MOST = 2
MUTATING = {
    "RegisterImage", "DeregisterImage", "CreateTags", "DeleteSnapshot", "StartSnapshot", "CopyImage",
    "ModifyImageAttribute", "ModifySnapshotAttribute", "EnableImageDeprecation", "PutParameter",
    "EnableImageDeregistrationProtection", "DisableImageDeregistrationProtection",
}
NAME = re.compile(r"[A-Za-z0-9()\[\] ./'@_-]{3,128}")
# Members that came after Debian 12's botocore.
NEWER = {"ImdsSupport", "TagSpecification", "IncludeDisabled", "MaxResults", "NextToken"}
# So did these actions: what they take.
NEWER_ACTIONS = {
    "EnableImageDeregistrationProtection": {"ImageId", "WithCooldown", "DryRun"},
    "DisableImageDeregistrationProtection": {"ImageId", "DryRun"},
    "GetImageBlockPublicAccessState": {"DryRun"},
}


def load_model(service="ec2"):
    newer = os.environ.get("AWS_MODELS")
    loader = botocore.loaders.Loader(extra_search_paths=[newer] if newer else None)
    return botocore.model.ServiceModel(loader.load_service_model(service, "service-2"), service)


def tree_of(form):
    """{"Tag.1.Key": "a"} as {"Tag": {"1": {"Key": "a"}}}."""
    tree = {}
    for name, value in form.items():
        at = tree
        *path, last = name.split(".")
        for part in path:
            at = at.setdefault(part, {})
        at[last] = value
    return tree


def listed(tree, name):
    return [tree[name][key] for key in sorted(tree.get(name, {}), key=int)]


def tags_of(items):
    return {item["Key"]: item.get("Value", "") for item in items}


class Checker:
    """Holds requests against botocore's model."""

    def __init__(self):
        self.model = load_model()
        self.ssm_model = load_model("ssm")
        self.kms_model = load_model("kms")

    def decode(self, shape, value, path, wrong):
        kind = shape.type_name
        if kind == "structure":
            known = {}
            for name, member in shape.members.items():
                wire = member.serialization.get("queryName") or member.serialization.get("name", name)
                known[wire[0].upper() + wire[1:]] = (name, member)
            decoded = {}
            for name, inner in value.items():
                if name in known:
                    decoded[known[name][0]] = self.decode(
                        known[name][1], inner, f"{path}.{name}", wrong)
                elif name not in NEWER or "AWS_MODELS" in os.environ:
                    wrong.append(f"{path}.{name} is not known")
            return decoded
        if kind == "list":
            if sorted(map(int, value)) != list(range(1, len(value) + 1)):
                wrong.append(f"{path} is not numbered from 1")
            return [self.decode(shape.member, value[key], path, wrong) for key in value]
        if kind == "boolean":
            if value not in ("true", "false"):
                wrong.append(f"{path} is {value}")
            return value == "true"
        if kind in ("integer", "long"):
            return int(value)
        enum = shape.metadata.get("enum")
        if enum and value not in enum and value != "uefi-preferred":
            wrong.append(f"{path} is {value}, and not one of {enum}")
        return value

    def check(self, form):
        wrong = []
        action = form.pop("Action")
        if form.pop("Version") != self.model.api_version:
            wrong.append("Version")
        if action in NEWER_ACTIONS and action not in self.model.operation_names:
            return wrong + sorted(set(form) - NEWER_ACTIONS[action])
        operation = self.model.operation_model(action)
        params = self.decode(operation.input_shape, tree_of(form), action, wrong)
        report = botocore.validate.ParamValidator().validate(params, operation.input_shape)
        return wrong + ([report.generate_report()] if report.has_errors() else [])

    def check_ssm(self, action, request):
        return self.check_json(self.ssm_model, action, request)

    def check_kms(self, action, request):
        return self.check_json(self.kms_model, action, request)

    @staticmethod
    def check_json(model, action, request):
        shape = model.operation_model(action).input_shape
        wrong = [f"{name} is not known" for name in request if name not in shape.members]
        report = botocore.validate.ParamValidator().validate(request, shape)
        return wrong + ([report.generate_report()] if report.has_errors() else [])


def element(name, value):
    if isinstance(value, dict):
        inner = "".join(element(key, member) for key, member in value.items() if member is not None)
    elif isinstance(value, list):
        inner = "".join(element("item", member) for member in value)
    elif isinstance(value, bool):
        inner = "true" if value else "false"
    else:
        inner = xml.sax.saxutils.escape(str(value))
    return f"<{name}>{inner}</{name}>"


def tag_set(tags):
    return [{"key": key, "value": value} for key, value in sorted(tags.items())]


def moment(age_s=0):
    now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age_s)
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Image:
    def __init__(self, request, hidden_ms=0):
        self.id = "ami-" + uuid.uuid4().hex[:17]
        self.request = request
        self.tags = {}
        self.visible_at = time.monotonic() + hidden_ms / 1000
        self.created = moment()
        self.looks = 0
        self.state = "available"
        self.source = (None, None)
        self.deprecation = None
        self.protection = "disabled"
        self.owner = OWNER

    def snapshots(self):
        devices = listed(self.request, "BlockDeviceMapping")
        return [d["Ebs"]["SnapshotId"] for d in devices if "SnapshotId" in d.get("Ebs", {})]

    def describe(self, service):
        def device(mapping):
            ebs = mapping.get("Ebs")
            shown = {"deviceName": mapping["DeviceName"], "virtualName": mapping.get("VirtualName")}
            if ebs:
                snapshot = service.snapshots.get(ebs.get("SnapshotId"))
                size = ebs.get("VolumeSize") or snapshot.request["VolumeSize"]
                shown["ebs"] = {
                    "deleteOnTermination": ebs.get("DeleteOnTermination", "true"),
                    "iops": ebs.get("Iops"),
                    "snapshotId": ebs.get("SnapshotId"),
                    "volumeSize": size,
                    "volumeType": ebs.get("VolumeType", "gp2"),
                    "throughput": ebs.get("Throughput"),
                    "encrypted": getattr(snapshot, "encrypted", False),
                }
            return shown

        state = self.state
        if self.looks > 0:
            self.looks -= 1
            state = "pending"
        ask = self.request.get
        reason = {"code": "Client.Told", "message": "as told"} if state == "failed" else None
        return {
            "imageId": self.id,
            "imageLocation": f"{self.owner}/{ask('Name')}",
            "imageState": state,
            "imageOwnerId": self.owner,
            "creationDate": self.created,
            "isPublic": any("Group" in item for item in ec2_sharing.permissions(self)),
            "architecture": ask("Architecture", "i386"),
            "imageType": "machine",
            "kernelId": ask("KernelId"),
            "ramdiskId": ask("RamdiskId"),
            "name": ask("Name"),
            "description": ask("Description"),
            "rootDeviceType": "ebs",
            "rootDeviceName": ask("RootDeviceName"),
            "blockDeviceMapping": [device(d) for d in listed(self.request, "BlockDeviceMapping")],
            "virtualizationType": ask("VirtualizationType", "paravirtual"),
            "hypervisor": "xen",
            "enaSupport": ask("EnaSupport", "false"),
            "sriovNetSupport": ask("SriovNetSupport"),
            "bootMode": ask("BootMode"),
            "tpmSupport": ask("TpmSupport"),
            "imdsSupport": ask("ImdsSupport"),
            "tagSet": tag_set(self.tags),
            "stateReason": reason,
            "usageOperation": service.told("DescribeImages").get("usage_operation", "RunInstances"),
            "sourceImageId": self.source[0],
            "sourceImageRegion": self.source[1],
            "deprecationTime": self.deprecation,
            "deregistrationProtection": self.protection,
        }


class Service(ec2_sharing.Regions, ebs_server.Service):
    def __init__(self, state):
        super().__init__(state)
        self.checker = Checker()
        self.mutations = 0
        self.mutations_told = None
        self.codes_used = set()
        if os.path.exists(f"{state}/seed"):
            self.sow(self.read("seed"))

    def read(self, name):
        with open(f"{self.dir}/{name}", encoding="utf-8") as file:
            return ebs_server.json.load(file)

    def sow(self, seed):
        for told in seed.get("snapshots", []):
            tags = [{"Key": k, "Value": v} for k, v in told.get("tags", {}).items()]
            snapshot = ebs_server.Snapshot({"VolumeSize": told.get("size", 8), "Tags": tags})
            snapshot.id = told["id"]
            snapshot.state = told.get("state", "completed")
            if "looks" in told:
                snapshot.looks, snapshot.ends_in = told["looks"], "completed"
            # It was there before: nothing hides it.
            snapshot.begun -= 3600
            snapshot.age_s = told.get("age_s", 0) - 3600
            snapshot.encrypted = told.get("encrypted", False)
            for index in told.get("blocks", []):
                like = told.get("like", snapshot.id)
                of = snapshot.id if index in told.get("own", []) else like
                text = f"{of} {index} ".encode()
                repeated = text * (ebs_server.BLOCK // len(text) + 1)
                snapshot.blocks[index] = repeated[: ebs_server.BLOCK]
            self.snapshots[snapshot.id] = snapshot
        for told in seed.get("images", []):
            devices = {
                str(n + 1): {"DeviceName": f"/dev/sd{'abcdef'[n]}", "Ebs": {"SnapshotId": s}}
                for n, s in enumerate(told.get("snapshots", []))
            }
            image = Image({"Name": told["name"], "BlockDeviceMapping": devices,
                           "Architecture": told.get("architecture", "x86_64"),
                           **told.get("more", {})})
            if told.get("hvm"):
                image.request.update(VirtualizationType="hvm", RootDeviceName="/dev/sda")
            image.id, image.tags = told["id"], told.get("tags", {})
            image.created = moment(told.get("age_s", 0))
            image.owner = told.get("owner", OWNER)
            self.images[image.id] = image
        for name, (kind, value) in seed.get("parameters", {}).items():
            self.parameters[name] = {"Type": kind, "Value": value, "DataType": "text", "Version": 1}

    def fault(self, action):
        told = self.told("mutating")
        if told and (action in MUTATING or action in told.get("also", [])):
            with self.lock:
                if told != self.mutations_told:
                    self.mutations, self.mutations_told = 0, told
                self.mutations += 1
                if self.mutations == told["at"]:
                    return told["fault"]
        if self.region not in self.told(action).get("in", [self.region]):
            return None
        return super().fault(action)

    def start(self, request):
        snapshot = super().start(request)
        parent = self.snapshots.get(request.get("ParentSnapshotId"))
        snapshot.encrypted = request.get("Encrypted", getattr(parent, "encrypted", False))
        snapshot.key = request.get("KmsKeyArn", getattr(parent, "key", None))
        return snapshot

    def tags(self, thing):
        if isinstance(thing, Image):
            return thing.tags
        if not hasattr(thing, "tags"):
            thing.tags = tags_of(thing.request.get("Tags", []))
        return thing.tags

    def image(self, image_id):
        image = self.images.get(image_id)
        if image and time.monotonic() >= image.visible_at:
            return image
        raise Refusal(400, "InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")

    def thing(self, ident):
        return self.image(ident) if ident.startswith("ami-") else self.describe(ident)

    def users(self, snapshot_id):
        return [image for image in self.images.values() if snapshot_id in image.snapshots()]

    def values(self, thing, name):
        """What a filter's value is compared with."""
        tags = self.tags(thing)
        if name.startswith("tag:"):
            return [tags[name[4:]]] if name[4:] in tags else []
        if name == "tag-key":
            return list(tags)
        if isinstance(thing, Image):
            known = {
                "name": lambda: [thing.request["Name"]],
                "image-id": lambda: [thing.id],
                "state": lambda: [thing.state],
                "block-device-mapping.snapshot-id": thing.snapshots,
            }
        else:
            known = {"snapshot-id": lambda: [thing.id], "status": lambda: [thing.state]}
        if name not in known:
            raise Refusal(400, "InvalidParameterValue", f"The filter '{name}' is invalid")
        return known[name]()

    def select(self, things, tree):
        for told in listed(tree, "Filter"):
            patterns = listed(told, "Value")
            if not 0 < len(patterns) <= 200:
                raise Refusal(400, "FilterLimitExceeded", "values of a filter")
            things = [
                thing
                for thing in things
                if any(fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))
                       for value in self.values(thing, told["Name"]) for pattern in patterns)
            ]
        return things

    def page(self, things, tree, name):
        if name in tree and "MaxResults" in tree:
            raise Refusal(400, "InvalidParameterCombination", "MaxResults and ids")
        first = int(tree.get("NextToken", "0"))
        most = min(int(tree.get("MaxResults", "1000000")), PAGE_MOST)
        if "MaxResults" not in tree:
            most = len(things)
        token = str(first + most) if first + most < len(things) else None
        return things[first : first + most], token

    def register(self, tree):
        name = tree.get("Name", "")
        if not NAME.fullmatch(name):
            raise Refusal(400, "InvalidAMIName.Malformed", "the name")
        for device in listed(tree, "BlockDeviceMapping"):
            ebs = device.get("Ebs", {})
            if "SnapshotId" not in ebs:
                continue
            if "Encrypted" in ebs:
                raise Refusal(400, "InvalidBlockDeviceMapping", "Encrypted with a snapshot")
            snapshot = self.describe(ebs["SnapshotId"])
            if snapshot.state != "completed":
                raise Refusal(400, "InvalidSnapshot.NotFound", "it is not completed")
            if int(ebs.get("VolumeSize", "65536")) < snapshot.request["VolumeSize"]:
                raise Refusal(400, "InvalidBlockDeviceMapping", "smaller than the snapshot")
        if "TpmSupport" in tree and tree.get("BootMode") not in ("uefi", "uefi-preferred"):
            raise Refusal(400, "InvalidParameterCombination", "a TPM needs UEFI")
        told = self.told("RegisterImage")
        with self.lock:
            if any(image.request["Name"] == name for image in self.images.values()):
                raise Refusal(400, "InvalidAMIName.Duplicate", f"AMI name {name} is already in use")
            image = Image(tree, told.get("hidden_ms", 0))
            image.looks = told.get("pending", 1)
            image.state = told.get("state", "available")
            for specification in listed(tree, "TagSpecification"):
                if specification["ResourceType"] != "image":
                    raise Refusal(400, "InvalidParameterValue", "tags of what is not made")
                image.tags.update(tags_of(listed(specification, "Tag")))
            self.images[image.id] = image
        return image

    def delete_snapshot(self, ident):
        self.describe(ident)
        users = self.users(ident)
        if users:
            message = f"The snapshot {ident} is currently in use by {users[0].id}"
            raise Refusal(400, "InvalidSnapshot.InUse", message)
        del self.snapshots[ident]

    def create_tags(self, tree):
        new = tags_of(listed(tree, "Tag"))
        things = [self.thing(ident) for ident in listed(tree, "ResourceId")]
        if any(len({**self.tags(thing), **new}) > 50 for thing in things):
            raise Refusal(400, "TagLimitExceeded", "50 tags")
        for thing in things:
            self.tags(thing).update(new)


class Handler(ec2_sharing.Sharing, ebs_server.Handler):
    listed = staticmethod(listed)

    def run(self, *arguments, **named):
        self.server.service.enter(self.headers["Authorization"])
        super().run(*arguments, **named)

    def complain(self, action, complaints):
        service = self.server.service
        for wrong in complaints:
            with service.lock, open(f"{service.dir}/invalid", "a", encoding="utf-8") as file:
                file.write(f"{action}: {wrong}\n")

    def do_POST(self):
        if self.path != "/":
            return super().do_POST()
        target = self.headers.get("X-Amz-Target")
        if target:
            request, action = ebs_server.json.loads(self.body()), target.split(".")[1]
            if target.startswith("TrentService."):
                self.complain(action, self.server.service.checker.check_kms(action, request))
                return self.run(action, request["KeyId"], "-", lambda: self.kms(request))
            self.complain(action, self.server.service.checker.check_ssm(action, request))
            return self.run(action, request["Name"], "-", lambda: self.ssm(action, request))
        form = dict(urllib.parse.parse_qsl(self.body().decode(), keep_blank_values=True))
        action, service = form["Action"], self.server.service
        if action == "GetCallerIdentity":
            return self.run(action, "-", "-", self.identify, is_ec2=True)
        if action == "AssumeRole":
            return self.run(action, form["RoleArn"], "-", lambda: self.assume(form), is_ec2=True)
        self.complain(action, service.checker.check(dict(form)))
        tree = tree_of(form)
        names = ("SourceImageId", "ImageId", "ImageId.1", "SnapshotId", "SnapshotId.1", "Name")
        subject = next((form[name] for name in names if name in form), "-")
        self.run(action, subject.replace(" ", "_"), "-", lambda: self.act(action, tree), is_ec2=True)

    def identify(self):
        account = self.server.service.told("GetCallerIdentity").get("account", OWNER)
        result = {"UserId": "AIDA", "Account": account, "Arn": f"arn:aws:iam::{account}:user/a"}
        self.answer_sts("GetCallerIdentity", result)

    def answer_sts(self, action, result):
        value = {f"{action}Result": result, "ResponseMetadata": {"RequestId": "r-1"}}
        text = element(f"{action}Response", value).replace(
            "Response>", 'Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">', 1)
        self.answer(http.HTTPStatus.OK, text.encode(), kind="text/xml")

    def date_time_string(self, timestamp=None):
        ahead_s = self.server.service.told("AssumeRole").get("ahead_s", 0)
        return super().date_time_string((timestamp or time.time()) + ahead_s)

    def assume(self, form):
        service, code = self.server.service, form.get("TokenCode")
        ahead_s = service.told("AssumeRole").get("ahead_s", 0)
        signed = time.strptime(self.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
        if abs(calendar.timegm(signed) - time.time() - ahead_s) > 300:
            raise Refusal(403, "SignatureDoesNotMatch", "Signature expired")
        with service.lock:
            if code != service.told("AssumeRole").get("code") or code in service.codes_used:
                raise Refusal(403, "AccessDenied", "MultiFactorAuthentication failed")
            service.codes_used.add(code)
        keys = {"AccessKeyId": "ASIAROLE", "SecretAccessKey": "S", "SessionToken": "T",
                "Expiration": moment(-3600 - ahead_s)}
        self.answer_sts("AssumeRole", {"Credentials": keys})

    def act(self, action, tree):
        told = self.server.service.told(action)
        is_here = self.server.service.region in told.get("in", [self.server.service.region])
        code = told.get("code") if is_here else None
        if code:
            raise Refusal(403 if code == "UnauthorizedOperation" else 400, code, "as told")
        if tree.get("DryRun") == "true":
            raise Refusal(412, "DryRunOperation", "Request would have succeeded")
        value = getattr(self, action)(self.server.service, tree)
        value["requestId"] = str(uuid.uuid4())
        text = element(f"{action}Response", value).replace(
            "Response>", f"Response {ebs_server.XMLNS}>", 1)
        self.answer(http.HTTPStatus.OK, text.encode(), kind="text/xml;charset=UTF-8")

    def DescribeImages(self, service, tree):
        images = [service.image(ident) for ident in listed(tree, "ImageId")]
        if "ImageId" not in tree:
            now = time.monotonic()
            owners = [OWNER if o == "self" else o for o in listed(tree, "Owner")]
            images = [image for image in list(service.images.values())
                      if now >= image.visible_at and (not owners or image.owner in owners)]
        images, token = service.page(service.select(images, tree), tree, "ImageId")
        return {"imagesSet": [i.describe(service) for i in images], "nextToken": token}

    def DescribeSnapshots(self, service, tree):
        things = [service.describe(ident) for ident in listed(tree, "SnapshotId")]
        if "SnapshotId" not in tree:
            things = [s for s in list(service.snapshots.values()) if service.find(s.id)]
        things, token = service.page(service.select(things, tree), tree, "SnapshotId")
        shown = [
            {
                "snapshotId": s.id,
                "volumeId": "vol-ffffffff",
                "status": s.state,
                "statusMessage": "as told" if s.state == "error" else None,
                "startTime": moment(getattr(s, "age_s", 0) + time.monotonic() - s.begun),
                "progress": "100%",
                "ownerId": OWNER,
                "volumeSize": s.request["VolumeSize"],
                "encrypted": getattr(s, "encrypted", False),
                "kmsKeyId": getattr(s, "key", None),
                "tagSet": tag_set(service.tags(s)),
                "storageTier": "standard",
            }
            for s in things
        ]
        return {"snapshotSet": shown, "nextToken": token}

    def RegisterImage(self, service, tree):
        return {"imageId": service.register(tree).id}

    def CopyImage(self, service, tree):
        return {"imageId": service.copy(tree, Image, listed, tags_of).id}

    def DeregisterImage(self, service, tree):
        image = service.image(tree["ImageId"])
        if image.protection.startswith("enabled"):
            raise Refusal(400, "OperationNotPermitted", "the image is protected")
        del service.images[image.id]
        return {"return": True}

    def DeleteSnapshot(self, service, tree):
        service.delete_snapshot(tree["SnapshotId"])
        return {"return": True}

    def CreateTags(self, service, tree):
        service.create_tags(tree)
        return {"return": True}


if __name__ == "__main__":
    ebs_server.serve(Service, Handler)
