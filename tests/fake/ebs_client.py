# SPDX-License-Identifier: GPL-2.0-or-later
"""A client of EBS direct that others wrote: botocore. clients.py is told a command:

  read URL SNAPSHOT FILE   the snapshot's blocks into a sparse file
  digests URL SNAPSHOT     a line each of its blocks that are not zero: index, SHA-256
  write URL FILE           the blocks of FILE that are not zero, and the snapshot's id
  write-all URL FILE       those that are zero, too; both return when it is completed
"""
import base64
import hashlib
import os

import botocore.session
from botocore.config import Config

BLOCK = 512 * 1024
SESSION = botocore.session.Session()  # it keeps the services' models


def client(url, service="ebs"):
    return SESSION.create_client(
        service,
        region_name=os.environ.get("EC2_REGION", "eu-west-1"),
        endpoint_url=url,
        aws_access_key_id="AKID",
        aws_secret_access_key="SECRET",
        config=Config(retries={"max_attempts": 1}),
    )


def sha256(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def list_blocks(ebs, snapshot):
    token = {}
    while True:
        page = ebs.list_snapshot_blocks(SnapshotId=snapshot, **token)
        yield from page["Blocks"]
        if "NextToken" not in page:
            return
        token = {"NextToken": page["NextToken"]}


def read_blocks(ebs, snapshot):
    for block in list_blocks(ebs, snapshot):
        answer = ebs.get_snapshot_block(SnapshotId=snapshot, **block)
        data = answer["BlockData"].read()
        assert answer["Checksum"] == sha256(data) and len(data) == BLOCK
        yield block["BlockIndex"], data


def read(url, snapshot, path):
    ebs = client(url)
    with open(path, "wb") as file:
        for index, data in read_blocks(ebs, snapshot):
            file.seek(index * BLOCK)
            file.write(data)
        file.truncate(ebs.list_snapshot_blocks(SnapshotId=snapshot)["VolumeSize"] << 30)


def digests(url, snapshot):
    for index, data in read_blocks(client(url), snapshot):
        if data.strip(b"\0"):
            print(index, sha256(data))


def write(url, path, zeros=False):
    ebs = client(url)
    size = os.path.getsize(path)
    snapshot = ebs.start_snapshot(VolumeSize=-(-size >> 30) or 1)["SnapshotId"]
    linear, count = hashlib.sha256(), 0
    with open(path, "rb") as file:
        for index in range(-(-size // BLOCK)):
            data = file.read(BLOCK).ljust(BLOCK, b"\0")
            if not zeros and not data.strip(b"\0"):
                continue
            ebs.put_snapshot_block(
                SnapshotId=snapshot,
                BlockIndex=index,
                BlockData=data,
                DataLength=BLOCK,
                Checksum=sha256(data),
                ChecksumAlgorithm="SHA256",
            )
            linear.update(hashlib.sha256(data).digest())
            count += 1
    ebs.complete_snapshot(
        SnapshotId=snapshot,
        ChangedBlocksCount=count,
        Checksum=base64.b64encode(linear.digest()).decode(),
        ChecksumAlgorithm="SHA256",
        ChecksumAggregationMethod="LINEAR",
    )
    ec2 = client(url, "ec2")
    while True:
        looked = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
        if looked["State"] == "completed":
            break
        assert looked["State"] == "pending"
    print(snapshot)


def write_all(url, path):
    write(url, path, zeros=True)


COMMANDS = {"read": read, "digests": digests, "write": write, "write-all": write_all}
