# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads to an endpoint on loopback that takes blocks as fast as a socket does.

The peers are what bounds an upload on this machine: the rate at which it hashes, and a bare
loop of libcurl that neither signs nor hashes; and boto3 with a pool of threads.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
MIB, GIB = 1 << 20, 1 << 30
BLOCK_BYTES = 512 * 1024
WINDOW = 64  # blocks under way at most: core/transfer_window.h
PIECE_BYTES = 64 * MIB  # of data, with holes between


def run(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, **options)
    if done.returncode:
        sys.stderr.write((done.stdout + done.stderr).decode(errors="replace")[-4000:])
        raise SystemExit(f"bench: {command[0]} failed")
    return done.stdout


def make_image(path, size_bytes, data_bytes):
    """Sparse, its data in pieces all over it."""
    piece = os.urandom(PIECE_BYTES)
    count = data_bytes // PIECE_BYTES
    with open(path, "wb") as file:
        file.truncate(size_bytes)
        for n in range(count):
            file.seek(size_bytes // count * n)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())  # else it is written while others are measured


class Sink:
    def __init__(self, work, *options, tls=False):
        self.child = subprocess.Popen(
            [work / "block-sink", *(("--tls", work / "good.pem") if tls else ()), *options],
            stdout=subprocess.PIPE)
        port = int(self.child.stdout.readline())
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()


class Upload:
    """Our side, and what it costs."""

    def __init__(self, program, work):
        self.program, self.work = program, work
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.env.update(
            AWS_ACCESS_KEY_ID="AKID", AWS_SECRET_ACCESS_KEY="SECRET", AWS_REGION="eu-west-1",
            AWS_DEFAULT_REGION="eu-west-1",
            AWS_EC2_METADATA_DISABLED="true", AWS_CA_BUNDLE=str(work / "ca.pem"),
            XDG_STATE_HOME=str(work / "state"), XDG_CACHE_HOME=str(work / "cache"))

    def start(self, image, sink):
        command = [self.program, "upload", image, "--endpoint-url", sink.url, "--json", "--quiet"]
        return subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, env=self.env)

    def ours(self, image, sink):
        """Seconds, and seconds of processors."""
        begin = time.monotonic()
        child = self.start(image, sink)
        document = json.loads(child.stdout.read())
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        if status:
            raise SystemExit("bench: the upload failed")
        assert document["bytes_sent"] == GIB, document
        return time.monotonic() - begin, usage.ru_utime + usage.ru_stime

    def peak_kib(self, image, sink):
        """What the kernel says it held at a time, as long as it can be asked. (The usage
        of a child that has ended begins with what its parent held.)"""
        peak, child, done = 0, self.start(image, sink), threading.Event()

        def look():
            nonlocal peak
            while not done.wait(0.005):
                try:
                    text = pathlib.Path(f"/proc/{child.pid}/status").read_text()
                except OSError:
                    return
                if text.startswith("Name:\tamiwright\n") and "VmHWM:" in text:
                    peak = int(text.split("VmHWM:")[1].split()[0])

        thread = threading.Thread(target=look)
        thread.start()
        child.communicate()
        done.set()
        thread.join()
        return peak

    def seconds_of(self, *command):
        begin = time.monotonic()
        run(*command, env=self.env)
        return time.monotonic() - begin


def openssl_rate(*what):
    """Bytes a second, of one processor."""
    out = run("openssl", "speed", "-seconds", "2", "-bytes", BLOCK_BYTES, "-mr", *what).decode()
    return float(re.findall(r"^\+F:\d+:[^:]+:([0-9.]+)", out, re.MULTILINE)[-1])


def our_hash_rate(program, work):
    """The same of ours: two blocks at a time, which OpenSSL does not do."""
    build = pathlib.Path(program).resolve().parent
    run("cc", "-O2", "-D_GNU_SOURCE", "-I", HERE.parent.parent / "src", "-o", work / "hash-rate",
        HERE / "hash_rate.c", build / "src/tree/libtree.a", build / "src/base/libbase.a", "-lcrypto")
    return float(run(work / "hash-rate"))


def prepare(work):
    for source, to, *libraries in (
            ("block_sink.c", "block-sink", "-lssl", "-lcrypto", "-pthread"),
            ("put_blocks.c", "put-blocks", "-lcurl")):
        run("cc", "-O2", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-o", work / to, HERE / source,
            *libraries)
    run(HERE.parent / "fake" / "make-chain", work)
    make_image(work / "4g.raw", 4 * GIB, GIB)
    make_image(work / "64g.raw", 64 * GIB, GIB)


def bench_time(upload, work, medians, row, rounds):
    image = work / "4g.raw"
    with Sink(work) as sink, Sink(work, "--stall-every", "100") as stalling:
        ours, bare, boto, stalled = medians(
            rounds, lambda: upload.ours(image, sink)[0],
            lambda: upload.seconds_of(work / "put-blocks", image, sink.url + "/snapshots/s/blocks"),
            lambda: upload.seconds_of(HERE / "boto3-upload", image, sink.url),
            lambda: upload.ours(image, stalling)[0])
    hashed = GIB / openssl_rate("-evp", "sha256")
    row("upload of 1 GiB / a bare loop of libcurl", ours, bare, "s", "-")
    row("the same / its SHA-256 by openssl speed", ours, hashed, "s", "-")
    row("the same / the slower of the two", ours, max(bare, hashed), "s", "1.25")
    row("the same / boto3 with 64 threads", ours, boto, "s", "0.20")
    row("1 % of requests stalled for 30 s / none", stalled, ours, "s", "1.30")


def bench_cost(upload, work, row):
    hashed = GIB / our_hash_rate(upload.program, work)
    with Sink(work) as sink:
        peak_mib = upload.peak_kib(work / "64g.raw", sink) / 1024
    row("memory, 64 GiB sparse / window + 16 MiB", peak_mib,
        WINDOW * BLOCK_BYTES / MIB + 16, "MiB", "1.00")
    with Sink(work, tls=True) as sink:
        cpu = upload.ours(work / "4g.raw", sink)[1]
    sealed = GIB / openssl_rate("-aead", "-evp", "aes-256-gcm")
    print(f"processor seconds a GiB over TLS: {cpu:.2f}, of which SHA-256 {hashed:.2f} "
          f"({hashed / cpu:.0%}), AES-256-GCM {sealed:.2f} ({sealed / cpu:.0%}), the rest "
          f"{cpu - hashed - sealed:.2f} ({1 - (hashed + sealed) / cpu:.0%})", flush=True)


def bench(program, work, rounds, medians, row):
    prepare(work)
    upload = Upload(program, work)
    bench_time(upload, work, medians, row, rounds)
    bench_cost(upload, work, row)
