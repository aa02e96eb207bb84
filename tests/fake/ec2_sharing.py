# SPDX-License-Identifier: GPL-2.0-or-later
"""Regions, copies, permissions, parameters and keys: what ec2_server.py has beside images.

  STATE/faults  also
                  hidden_ms, pending, state  of CopyImage, as of RegisterImage
                  blocked    of GetImageBlockPublicAccessState: in these regions, a list
                  regions    of DescribeRegions: a list
                  keys       of DescribeKey: the state of each key that there is, by "REGION/KEY"
"""
import datetime
import http
import json
import threading

import ebs_server
from ebs_server import Refusal

HOME = "eu-west-1"


class Regions:
    """Each region has images, snapshots and parameters of its own: those of the thread's."""

    def __init__(self, state):
        self.stores = {}
        self.here = threading.local()
        self.copies = {}  # of a client token: what was asked, and the image
        super().__init__(state)

    @property
    def region(self):
        return getattr(self.here, "region", HOME)

    def enter(self, authorization):
        """'… Credential=AKID/20261122/eu-west-1/ec2/aws4_request, …'"""
        self.here.region = authorization.split("Credential=")[1].split("/")[2]

    def store(self, name):
        return self.stores.setdefault((self.region, name), {})

    @property
    def images(self):
        return self.store("images")

    @property
    def snapshots(self):
        return self.store("snapshots")

    @snapshots.setter
    def snapshots(self, _):  # ebs_server.py begins with none
        pass

    @property
    def parameters(self):
        return self.store("parameters")

    def copy_snapshot(self, source, tree, tags):
        copy = ebs_server.Snapshot(
            {**source.request, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]})
        copy.blocks = source.blocks
        copy.state = "completed"
        copy.encrypted = tree.get("Encrypted") == "true" or getattr(source, "encrypted", False)
        copy.key = tree.get("KmsKeyId")
        self.snapshots[copy.id] = copy
        return copy

    def copy(self, tree, image_class, listed, tags_of):
        if tree.get("KmsKeyId") == "missing":
            raise Refusal(400, "InvalidParameterValue", "the key does not exist")
        if "KmsKeyId" in tree and tree.get("Encrypted") != "true":
            raise Refusal(400, "InvalidParameterDependency", "a key without encryption")
        token = (self.region, tree.get("ClientToken"))
        with self.lock:
            if token[1] and token in self.copies:
                asked, image = self.copies[token]
                if asked != tree:
                    raise Refusal(400, "IdempotentParameterMismatch", "the token was used")
                return image
            if any(image.request["Name"] == tree["Name"] for image in self.images.values()):
                raise Refusal(400, "InvalidAMIName.Duplicate", "the name is in use")
            source = self.stores[(tree["SourceRegion"], "images")][tree["SourceImageId"]]
            there = self.stores[(tree["SourceRegion"], "snapshots")]
            tags = {s["ResourceType"]: tags_of(listed(s, "Tag"))
                    for s in listed(tree, "TagSpecification")}
            request = json.loads(json.dumps(source.request))
            request.update(Name=tree["Name"], Description=tree.get("Description"))
            for device in listed(request, "BlockDeviceMapping"):
                ebs = device.get("Ebs", {})
                if "SnapshotId" in ebs:
                    made = self.copy_snapshot(there[ebs["SnapshotId"]], tree, tags.get("snapshot", {}))
                    ebs["SnapshotId"] = made.id
            told = self.told("CopyImage")
            image = image_class(request, told.get("hidden_ms", 0))
            image.looks = told.get("pending", 1)
            image.state = told.get("state", "available")
            image.tags = tags.get("image", {})
            image.source = (tree["SourceImageId"], tree["SourceRegion"])
            self.images[image.id] = image
            self.copies[token] = (tree, image)
        return image


def permissions(thing):
    if not hasattr(thing, "permissions"):
        thing.permissions = []
    return thing.permissions


def change(thing, tree, listed):
    """'Add' and 'Remove' of a permission's tree."""
    has = permissions(thing)
    for item in listed(tree, "Add"):
        if item.get("UserId") == "000000000000":
            raise Refusal(400, "InvalidAMIAttributeItemValue", "there is no such account")
        if item not in has:
            has.append(item)
    for item in listed(tree, "Remove"):
        if item in has:
            has.remove(item)


def shown(items):
    return [{key[0].lower() + key[1:]: value for key, value in item.items()} for item in items]


class Sharing:
    """A handler's actions."""

    def ModifyImageAttribute(self, service, tree):
        image = service.image(tree["ImageId"])
        told = tree["LaunchPermission"]
        public = any("Group" in item for item in self.listed(told, "Add"))
        if public and service.region in service.told("GetImageBlockPublicAccessState").get("blocked", []):
            raise Refusal(400, "OperationNotPermitted", "public sharing is blocked")
        if public and any(getattr(service.snapshots[s], "encrypted", False) for s in image.snapshots()):
            raise Refusal(400, "InvalidParameter", "Snapshots with an encrypted state")
        change(image, told, self.listed)
        return {"return": True}

    def DescribeImageAttribute(self, service, tree):
        image = service.image(tree["ImageId"])
        if tree["Attribute"] == "uefiData":
            return {"imageId": image.id, "uefiData": {"value": image.request.get("UefiData", "")}}
        return {"imageId": image.id, "launchPermission": shown(permissions(image))}

    def ModifySnapshotAttribute(self, service, tree):
        change(service.describe(tree["SnapshotId"]), tree["CreateVolumePermission"], self.listed)
        return {"return": True}

    def DescribeSnapshotAttribute(self, service, tree):
        snapshot = service.describe(tree["SnapshotId"])
        return {"snapshotId": snapshot.id, "createVolumePermission": shown(permissions(snapshot))}

    def GetImageBlockPublicAccessState(self, service, tree):
        blocked = service.region in service.told("GetImageBlockPublicAccessState").get("blocked", [])
        state = "block-new-sharing" if blocked else "unblocked"
        return {"imageBlockPublicAccessState": state, "managedBy": "account"}

    def EnableImageDeprecation(self, service, tree):
        moment = datetime.datetime.strptime(tree["DeprecateAt"], "%Y-%m-%dT%H:%M:%SZ")
        if moment < datetime.datetime.utcnow():
            raise Refusal(400, "InvalidParameterValue", "DeprecateAt is in the past")
        service.image(tree["ImageId"]).deprecation = moment.strftime("%Y-%m-%dT%H:%M:00.000Z")
        return {"return": True}

    def EnableImageDeregistrationProtection(self, service, tree):
        cooldown = "with" if tree.get("WithCooldown") == "true" else "without"
        service.image(tree["ImageId"]).protection = f"enabled-{cooldown}-cooldown"
        return {"return": f"enabled-{cooldown}-cooldown"}

    def DisableImageDeregistrationProtection(self, service, tree):
        service.image(tree["ImageId"]).protection = "disabled"
        return {"return": "disabled"}

    def DescribeRegions(self, service, tree):
        told = service.told("DescribeRegions").get("regions", [HOME, "us-east-1", "ap-south-1"])
        return {"regionInfo": [
            {"regionName": name, "regionEndpoint": f"ec2.{name}.amazonaws.com",
             "optInStatus": "opt-in-not-required"} for name in told]}

    def ssm(self, action, request):
        """The parameter store, JSON 1.1."""
        service, name = self.server.service, request["Name"]
        has = service.parameters.get(name)
        if action == "GetParameter":
            if not has:
                raise Refusal(400, "ParameterNotFound", "")
            return self.answer_ssm({"Parameter": {"Name": name, **has}})
        if request.get("DataType") == "aws:ec2:image" and request["Value"] not in service.images:
            raise Refusal(400, "ValidationException", "there is no such image")
        if has and not request.get("Overwrite"):
            raise Refusal(400, "ParameterAlreadyExists", "The parameter already exists.")
        service.parameters[name] = {
            "Type": request.get("Type", "String"), "Value": request["Value"],
            "DataType": request.get("DataType", "text"), "Version": has["Version"] + 1 if has else 1}
        return self.answer_ssm({"Version": service.parameters[name]["Version"], "Tier": "Standard"})

    def kms(self, request):
        """The Key Management Service, JSON 1.1."""
        service = self.server.service
        state = service.told("DescribeKey").get("keys", {}).get(f"{service.region}/{request['KeyId']}")
        if not state:
            raise Refusal(400, "NotFoundException", f"Key '{request['KeyId']}' does not exist")
        arn = f"arn:aws:kms:{service.region}:123456789012:key/0a"
        return self.answer_ssm({"KeyMetadata": {
            "KeyId": "0a", "Arn": arn, "KeyState": state, "KeyUsage": "ENCRYPT_DECRYPT",
            "KeySpec": "SYMMETRIC_DEFAULT"}})

    def answer_ssm(self, value):
        self.answer(http.HTTPStatus.OK, json.dumps(value).encode(), kind="application/x-amz-json-1.1")
