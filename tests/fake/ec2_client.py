# SPDX-License-Identifier: GPL-2.0-or-later
"""What EC2 has, asked of it with botocore, as JSON. clients.py is told a command:

  images URL              the account's images, every page
  snapshots URL           its snapshots
  parameters URL          the parameter that $EC2_PARAMETER names
  uefi URL IMAGE          the UEFI data that the image was registered with
  register URL NAME SNAPSHOT [TAG=VALUE...]    an image that others made; its id
"""
import json
import os
import sys

from ebs_client import client


def show(things):
    for thing in things:
        thing["Tags"] = {tag["Key"]: tag["Value"] for tag in thing.get("Tags", [])}
    json.dump(things, sys.stdout, default=str, indent=1)


def images(url):
    ec2 = client(url, "ec2")
    found = ec2.describe_images(Owners=["self"])["Images"]
    for image in found:
        told = ec2.describe_image_attribute(ImageId=image["ImageId"], Attribute="launchPermission")
        image["LaunchPermissions"] = told["LaunchPermissions"]
    show(found)


def snapshots(url):
    ec2 = client(url, "ec2")
    pages = ec2.get_paginator("describe_snapshots").paginate(
        OwnerIds=["self"], PaginationConfig={"PageSize": 5})
    found = [snapshot for page in pages for snapshot in page["Snapshots"]]
    for snapshot in found:
        told = ec2.describe_snapshot_attribute(
            SnapshotId=snapshot["SnapshotId"], Attribute="createVolumePermission")
        snapshot["Permissions"] = told["CreateVolumePermissions"]
    show(found)


def parameters(url):
    ssm = client(url, "ssm")
    try:
        found = ssm.get_parameter(Name=os.environ["EC2_PARAMETER"])["Parameter"]
        show([{"Name": found["Name"], "Value": found["Value"], "DataType": found["DataType"]}])
    except ssm.exceptions.ParameterNotFound:
        show([])


def uefi(url, image):
    ec2 = client(url, "ec2")
    print(ec2.describe_image_attribute(ImageId=image, Attribute="uefiData")["UefiData"]["Value"])


def register(url, name, snapshot, *tags):
    ec2 = client(url, "ec2")
    image = ec2.register_image(
        Name=name,
        Architecture="x86_64",
        VirtualizationType="hvm",
        RootDeviceName="/dev/xvda",
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}],
    )["ImageId"]
    pairs = [tag.split("=", 1) for tag in tags]
    if pairs:
        ec2.create_tags(Resources=[image], Tags=[{"Key": k, "Value": v} for k, v in pairs])
    print(image)


COMMANDS = {
    "images": images,
    "snapshots": snapshots,
    "register": register,
    "parameters": parameters,
    "uefi": uefi,
}
