#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What EC2 has, asked of it with botocore, as JSON.

  ec2_client.py images URL              the account's images, every page
  ec2_client.py snapshots URL           its snapshots
  ec2_client.py parameters URL          the parameter that $EC2_PARAMETER names
  ec2_client.py uefi URL IMAGE          the UEFI data that the image was registered with
  ec2_client.py register URL NAME SNAPSHOT [TAG=VALUE...]    an image that others made; its id
"""
import json
import os
import sys

import botocore.session
from botocore.config import Config


def client(url, service="ec2"):
    session = botocore.session.Session()
    return session.create_client(
        service,
        region_name=os.environ.get("EC2_REGION", "eu-west-1"),
        endpoint_url=url,
        aws_access_key_id="AKID",
        aws_secret_access_key="SECRET",
        config=Config(retries={"max_attempts": 1}),
    )


def show(things):
    for thing in things:
        thing["Tags"] = {tag["Key"]: tag["Value"] for tag in thing.get("Tags", [])}
    json.dump(things, sys.stdout, default=str, indent=1)


def images(ec2):
    found = ec2.describe_images(Owners=["self"])["Images"]
    for image in found:
        told = ec2.describe_image_attribute(ImageId=image["ImageId"], Attribute="launchPermission")
        image["LaunchPermissions"] = told["LaunchPermissions"]
    show(found)


def snapshots(ec2):
    pages = ec2.get_paginator("describe_snapshots").paginate(
        OwnerIds=["self"], PaginationConfig={"PageSize": 5})
    found = [snapshot for page in pages for snapshot in page["Snapshots"]]
    for snapshot in found:
        told = ec2.describe_snapshot_attribute(
            SnapshotId=snapshot["SnapshotId"], Attribute="createVolumePermission")
        snapshot["Permissions"] = told["CreateVolumePermissions"]
    show(found)


def parameters(_):
    ssm = client(sys.argv[2], "ssm")
    try:
        found = ssm.get_parameter(Name=os.environ["EC2_PARAMETER"])["Parameter"]
        show([{"Name": found["Name"], "Value": found["Value"], "DataType": found["DataType"]}])
    except ssm.exceptions.ParameterNotFound:
        show([])


def uefi(ec2, image):
    print(ec2.describe_image_attribute(ImageId=image, Attribute="uefiData")["UefiData"]["Value"])


def register(ec2, name, snapshot, *tags):
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


{"images": images, "snapshots": snapshots, "register": register, "parameters": parameters, "uefi": uefi}[sys.argv[1]](
    client(sys.argv[2]), *sys.argv[3:])
