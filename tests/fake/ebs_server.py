#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ebs_server.py STATE [PEM]: EBS direct, and of EC2 what goes with it, on loopback; over TLS
when PEM has a chain and its key.

Its port is the first line of its output; it runs until it is killed. Snapshots live in its
memory. Blocks, checksums, LINEAR, client tokens, pagination and states are checked as AWS does;
signatures are not. STATE is a directory:

  STATE/log         a line a request: action, snapshot, block or -, status
  STATE/started     what StartSnapshot was told, JSON, a line each, and by whose key ("signed_by")
  STATE/faults      JSON, read anew for each request; what it says of an action is done:
                      {"PutSnapshotBlock": {"every": 7, "fault": "throttle"}}
                    every   each Nth request of it (1: all), counted from the first
                    times   at most so many times (0: no limit)
                    fault   "throttle", "error" (500), "stall" (no answer until the client
                            leaves), "lose" (it is done, and the connection closed), "hold" (it
                            is done, and no answer until the client leaves), "refuse" (403),
                            "corrupt" (a block comes with a byte changed, or is said to have
                            another checksum; a snapshot's is wrong), "expired" (the token
                            is), "gone" (the snapshot disappears before), "hidden" (the image
                            does not exist yet)
                    hidden_ms  of StartSnapshot: for so long the snapshot does not exist
                    slow_ms    each request takes so much longer
                    pending    of CompleteSnapshot: so many looks see it pending
                    state      of CompleteSnapshot: what it ends in ("completed")
"""
import base64
import hashlib
import http.server
import json
import os
import re
import socket
import ssl
import sys
import threading
import time
import urllib.parse
import uuid

XMLNS = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'
BLOCK = 512 * 1024
PAGE_MOST = 100  # far fewer than the 10000 that may be asked for, so that pages are turned


class Refusal(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


class Snapshot:
    def __init__(self, request):
        self.id = "snap-" + uuid.uuid4().hex[:17]
        self.request = request
        self.blocks = {}
        self.state = "pending"
        self.ends_in = None
        self.looks = 0
        self.begun = time.monotonic()
        self.inherited = {}  # what the parent had; it may be gone since
        self.secret = uuid.uuid4().bytes

    def token(self, index):
        return opaque(self.secret + index.to_bytes(4, "big"))


def opaque(value):
    """Base64 as the service's tokens are, with each character that a query has to escape."""
    return base64.b64encode(b"\xfb\xff\xfe" + value).decode()


def unwrapped(token):
    return base64.b64decode(token)[3:]


class Service:
    def __init__(self, state):
        self.dir = state
        self.lock = threading.Lock()
        self.snapshots = {}
        self.by_token = {}
        self.seen = {}
        self.used = {}

    def log(self, *words):
        with self.lock, open(f"{self.dir}/log", "a", encoding="ascii") as file:
            file.write(" ".join(str(word) for word in words) + "\n")

    def told(self, action):
        try:
            with open(f"{self.dir}/faults", encoding="utf-8") as file:
                return json.load(file).get(action, {})
        except FileNotFoundError:
            return {}

    def fault(self, action):
        """What this request suffers, or None."""
        told = self.told(action)
        with self.lock:
            self.seen[action] = self.seen.get(action, 0) + 1
            if "fault" not in told or self.seen[action] % told.get("every", 1):
                return None
            if told.get("times") and self.used.get(action, 0) >= told["times"]:
                return None
            self.used[action] = self.used.get(action, 0) + 1
            return told["fault"]

    def remove(self, snapshot_id):
        with self.lock:
            self.snapshots.pop(snapshot_id, None)

    def content(self, snapshot):
        """All blocks that it has: the parent's, and its own instead of them."""
        return {**snapshot.inherited, **snapshot.blocks}

    def find(self, snapshot_id):
        snapshot = self.snapshots.get(snapshot_id)
        if snapshot and time.monotonic() - snapshot.begun >= (
            self.told("StartSnapshot").get("hidden_ms", 0) / 1000
        ):
            return snapshot
        return None

    def find_ebs(self, snapshot_id):
        snapshot = self.find(snapshot_id)
        if not snapshot:
            message = f"The snapshot '{snapshot_id}' does not exist."
            raise Refusal(404, "ResourceNotFoundException", message)
        return snapshot

    def start(self, request):
        if request.get("ParentSnapshotId") and request.get("Encrypted"):
            raise Refusal(400, "ValidationException", "parent and encryption")
        if not 1 <= request["VolumeSize"] <= 65536:
            raise Refusal(400, "ValidationException", "VolumeSize")
        parent = request.get("ParentSnapshotId")
        if parent and self.completed(parent).request["VolumeSize"] > request["VolumeSize"]:
            raise Refusal(400, "ValidationException", "VolumeSize: the parent's is larger")
        with self.lock:
            token = request.get("ClientToken")
            snapshot = self.by_token.get(token)
            if not snapshot:
                snapshot = Snapshot(request)
                snapshot.inherited = self.content(self.snapshots[parent]) if parent else {}
                self.snapshots[snapshot.id] = snapshot
                if token:
                    self.by_token[token] = snapshot
            elif snapshot.request != request:
                raise Refusal(409, "ConflictException", "another request had this token")
        return snapshot

    def put(self, snapshot, index, fields, data):
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        if snapshot.state != "pending" or snapshot.ends_in:
            raise Refusal(400, "ValidationException", "the snapshot is not pending")
        if len(data) != BLOCK or fields["x-amz-data-length"] != str(BLOCK):
            raise Refusal(400, "ValidationException", "the block's length")
        if fields["x-amz-checksum-algorithm"] != "SHA256" or fields["x-amz-checksum"] != digest:
            raise Refusal(400, "ValidationException", "the block's checksum")
        if (index + 1) * BLOCK > snapshot.request["VolumeSize"] << 30:
            raise Refusal(400, "ValidationException", "the block's index")
        snapshot.blocks[index] = data
        return digest

    def complete(self, snapshot, fields):
        if snapshot.ends_in:
            raise Refusal(409, "ConflictException", "it was completed before")
        if int(fields["x-amz-changedblockscount"]) != len(snapshot.blocks):
            raise Refusal(400, "ValidationException", "ChangedBlocksCount")
        if "x-amz-checksum" in fields:
            linear = hashlib.sha256()
            for index in sorted(snapshot.blocks):
                linear.update(hashlib.sha256(snapshot.blocks[index]).digest())
            if (
                fields.get("x-amz-checksum-aggregation-method") != "LINEAR"
                or base64.b64encode(linear.digest()).decode() != fields["x-amz-checksum"]
            ):
                raise Refusal(400, "ValidationException", "the checksum of the snapshot")
        snapshot.ends_in = self.told("CompleteSnapshot").get("state", "completed")
        snapshot.looks = self.told("CompleteSnapshot").get("pending", 1)

    def describe(self, snapshot_id):
        snapshot = self.find(snapshot_id)
        if not snapshot:
            message = f"The snapshot '{snapshot_id}' does not exist."
            raise Refusal(400, "InvalidSnapshot.NotFound", message)
        if snapshot.ends_in and snapshot.state == "pending":
            snapshot.looks -= 1
            if snapshot.looks < 0:
                snapshot.state = snapshot.ends_in
        return snapshot

    def completed(self, snapshot_id):
        snapshot = self.find_ebs(snapshot_id)
        if snapshot.state != "completed":
            raise Refusal(400, "ValidationException", "the snapshot is not completed")
        return snapshot


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=(), kind="application/json"):
        self.status = status
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        # It goes when the request is over, and in the log.
        self.wfile.write(body)

    def answer_json(self, status, value, headers=()):
        self.answer(status, json.dumps(value).encode(), headers)

    def refuse(self, refusal, is_ec2):
        if is_ec2:
            text = (
                f"<Response><Errors><Error><Code>{refusal.code}</Code><Message>{refusal}"
                "</Message></Error></Errors><RequestID>r-1</RequestID></Response>"
            )
            self.answer(refusal.status, text.encode(), kind="text/xml")
        else:
            name = ("x-amzn-ErrorType", refusal.code)
            self.answer_json(refusal.status, {"Message": str(refusal)}, [name])

    def hang_up(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def wait_for_client(self):
        self.close_connection = True
        while self.connection.recv(1 << 16):
            pass

    def run(self, action, snapshot_id, block, work, is_ec2=False):
        service = self.server.service
        self.status = 0
        fault = service.fault(action)
        time.sleep(service.told(action).get("slow_ms", 0) / 1000)
        try:
            if fault == "throttle":
                code = "RequestLimitExceeded" if is_ec2 else "RequestThrottledException"
                raise Refusal(503 if is_ec2 else 400, code, "too many requests")
            if fault == "error":
                raise Refusal(500, "InternalServerException", "an internal error")
            if fault == "expired":
                raise Refusal(403, "ExpiredTokenException", "the security token has expired")
            if fault == "refuse":
                raise Refusal(403, "AccessDeniedException", "not allowed")
            if fault == "hidden":
                raise Refusal(400, "InvalidAMIID.NotFound", "the image does not exist")
            if fault == "stall":
                service.log(action, snapshot_id, block, "stalled")
                self.wait_for_client()
                return
            if fault == "gone":
                service.remove(snapshot_id)
            self.corrupts = fault == "corrupt"
            if fault in ("lose", "hold"):
                self.answer = lambda *_, **__: None
            work()
            if fault == "lose":
                self.status = "lost"
                self.hang_up()
            elif fault == "hold":
                service.log(action, snapshot_id, block, "held")
                self.wait_for_client()
                return
        except Refusal as refusal:
            vars(self).pop("answer", None)
            self.refuse(refusal, is_ec2)
        vars(self).pop("answer", None)
        service.log(action, snapshot_id, block, self.status)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def fields(self):
        return {name.lower(): value for name, value in self.headers.items()}

    def do_POST(self):
        data = self.body()
        completion = re.fullmatch(r"/snapshots/completion/([^/]+)", self.path)
        if self.path == "/snapshots":
            self.run("StartSnapshot", "-", "-", lambda: self.start(json.loads(data)))
        elif completion:
            self.run("CompleteSnapshot", completion[1], "-", lambda: self.complete(completion[1]))
        elif self.path == "/":
            form = dict(urllib.parse.parse_qsl(data.decode()))
            snapshot_id = form.get("SnapshotId.1") or form.get("SnapshotId")
            work = {
                "DescribeSnapshots": lambda: self.describe(snapshot_id),
                "DeleteSnapshot": lambda: self.delete(snapshot_id),
            }[form["Action"]]
            self.run(form["Action"], snapshot_id, "-", work, is_ec2=True)
        else:
            self.refuse(Refusal(404, "UnknownOperationException", self.path), False)

    def start(self, request):
        snapshot = self.server.service.start(request)
        key = re.search("Credential=([^/]*)/", self.headers["Authorization"])[1]
        with open(f"{self.server.service.dir}/started", "a", encoding="utf-8") as file:
            file.write(json.dumps({**request, "signed_by": key}) + "\n")
        value = {
            "SnapshotId": snapshot.id,
            "OwnerId": "123456789012",
            "Status": "pending",
            "StartTime": time.time(),
            "VolumeSize": request["VolumeSize"],
            "BlockSize": BLOCK,
            "Tags": request.get("Tags", []),
        }
        self.answer_json(201, value)

    def complete(self, snapshot_id):
        service = self.server.service
        if self.corrupts:
            raise Refusal(400, "ValidationException", "the checksum of the snapshot")
        service.complete(service.find_ebs(snapshot_id), self.fields())
        self.answer_json(202, {"Status": "pending"})

    def describe(self, snapshot_id):
        snapshot = self.server.service.describe(snapshot_id)
        text = (
            f"<DescribeSnapshotsResponse {XMLNS}><requestId>r-1</requestId><snapshotSet><item>"
            f"<snapshotId>{snapshot.id}</snapshotId><status>{snapshot.state}</status>"
            f"<volumeSize>{snapshot.request['VolumeSize']}</volumeSize>"
            "<statusMessage>as told</statusMessage></item></snapshotSet>"
            "</DescribeSnapshotsResponse>"
        )
        self.answer(200, text.encode(), kind="text/xml")

    def delete(self, snapshot_id):
        self.server.service.snapshots.pop(self.server.service.describe(snapshot_id).id)
        text = (
            f"<DeleteSnapshotResponse {XMLNS}><requestId>r-1</requestId>"
            "<return>true</return></DeleteSnapshotResponse>"
        )
        self.answer(200, text.encode(), kind="text/xml")

    def do_PUT(self):
        data = self.body()
        match = re.fullmatch(r"/snapshots/([^/]+)/blocks/(\d+)", self.path)
        self.run("PutSnapshotBlock", match[1], match[2], lambda: self.put(match, data))

    def put(self, match, data):
        service = self.server.service
        digest = service.put(service.find_ebs(match[1]), int(match[2]), self.fields(), data)
        if self.corrupts:
            digest = base64.b64encode(bytes(32)).decode()
        headers = [("x-amz-Checksum", digest), ("x-amz-Checksum-Algorithm", "SHA256")]
        self.answer_json(201, {}, headers)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        one = re.fullmatch(r"/snapshots/([^/]+)/blocks/(\d+)", url.path)
        every = re.fullmatch(r"/snapshots/([^/]+)/blocks", url.path)
        if one:
            self.run("GetSnapshotBlock", one[1], one[2], lambda: self.get(one, query))
        else:
            self.run("ListSnapshotBlocks", every[1], "-", lambda: self.list(every[1], query))

    def get(self, match, query):
        snapshot = self.server.service.completed(match[1])
        index = int(match[2])
        if query.get("blockToken") != snapshot.token(index):
            raise Refusal(400, "ValidationException", "the block's token")
        data = self.server.service.content(snapshot)[index]
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        headers = [
            ("x-amz-Data-Length", str(BLOCK)),
            ("x-amz-Checksum", digest),
            ("x-amz-Checksum-Algorithm", "SHA256"),
        ]
        if self.corrupts:
            data = data[:1000] + bytes([data[1000] ^ 1]) + data[1001:]
        self.answer(200, data, headers, kind="application/octet-stream")

    def list(self, snapshot_id, query):
        snapshot = self.server.service.completed(snapshot_id)
        first = int(query.get("startingBlockIndex", "0"))
        if "pageToken" in query:
            first = int(unwrapped(query["pageToken"]))
        most = min(int(query.get("maxResults", "10000")), PAGE_MOST)
        rest = [i for i in sorted(self.server.service.content(snapshot)) if i >= first]
        value = {
            "Blocks": [
                {"BlockIndex": i, "BlockToken": snapshot.token(i)} for i in rest[:most]
            ],
            "VolumeSize": snapshot.request["VolumeSize"],
            "BlockSize": BLOCK,
            "ExpiryTime": time.time() + 3600,
        }
        if len(rest) > most:
            value["NextToken"] = opaque(str(rest[most]).encode())
        self.answer_json(200, value)


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def handle_error(self, *_):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(*_)


def serve(service, handler):
    os.makedirs(sys.argv[1], exist_ok=True)
    server = Server(("127.0.0.1", 0), handler)
    server.service = service(sys.argv[1])
    if len(sys.argv) > 2:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[2])
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(Service, Handler)
