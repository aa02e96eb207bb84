#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian mirror on loopback that lies, stalls and loses files, as it is told.

mirror.py [--cache DIR] [--log FILE] [--sign HOME] [--fault KIND:REGEX[:BYTES]]...

Passes on what this machine's own Debian mirror (else deb.debian.org) has, each file fetched
once. The first line of output is its address, "http://127.0.0.1:PORT/debian"; its sibling for
security updates is ".../debian-security". It ends with its parent or on SIGTERM.

With --sign it is an archive of someone else's: what its Release files say is signed by the key
in the GnuPG home HOME, and by no other.

Faults hit every request whose path matches REGEX:
    404        not found
    flip       one byte is changed, at BYTES (default: in the middle)
    truncate   the file ends after BYTES, as if it were no longer (default: half)
    cut        the connection ends after BYTES (default: half)
    stall      after BYTES (default: half) nothing more comes
"""

import argparse
import ctypes
import http.server
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

PR_SET_PDEATHSIG = 1


def upstreams():
    """The addresses behind /debian and /debian-security."""
    found = {"debian": "http://deb.debian.org/debian",
             "debian-security": "http://deb.debian.org/debian-security"}
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(COMPONENT)", "Created-By: Packages"],
        capture_output=True, text=True, check=False).stdout
    for line in targets.splitlines():
        uri, component = line.split(" ", 1)
        name = uri.rstrip("/").rsplit("/", 1)[-1]
        if name in found and component == "main" and uri.startswith("http"):
            found[name] = uri.rstrip("/")
    return found


class Store:
    """Files fetched from upstream, each once."""

    def __init__(self, directory):
        self.directory = directory
        self.bases = upstreams()
        self.lock = threading.Lock()

    def get(self, path):
        """The local file for "/debian/…", or None where upstream has none."""
        archive, _, rest = path.lstrip("/").partition("/")
        if archive not in self.bases or ".." in rest.split("/"):
            return None
        name = os.path.join(self.directory, archive + "_" + rest.replace("/", "_"))
        with self.lock:
            if not os.path.exists(name):
                try:
                    with urllib.request.urlopen(f"{self.bases[archive]}/{rest}", timeout=60) as src:
                        with open(name + ".part", "wb") as dst:
                            shutil.copyfileobj(src, dst)
                except urllib.error.HTTPError:
                    return None
                os.rename(name + ".part", name)
        return name


def clear_signed(home, text):
    """The text as the key in that GnuPG home signs it."""
    return subprocess.run(["gpg", "--batch", "--homedir", home, "--clear-sign"], input=text,
                          stdout=subprocess.PIPE, check=True).stdout


class Fault:
    def __init__(self, text):
        kind, regex, *at = text.split(":")
        if kind not in ("404", "flip", "truncate", "cut", "stall"):
            raise ValueError(f"unknown fault '{kind}'")
        self.kind, self.regex, self.at = kind, re.compile(regex), int(at[0]) if at else None

    def position(self, size):
        return size // 2 if self.at is None else min(self.at, size)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def fault(self):
        return next((f for f in self.server.faults if f.regex.search(self.path)), None)

    def content(self):
        """What stands at the path, or None."""
        signed = self.server.key and self.path.endswith("/InRelease")
        path = self.path[:-len("InRelease")] + "Release" if signed else self.path
        if self.server.key and path.endswith(".gpg"):
            return None  # a signature that is not its own
        name = self.server.store.get(path)
        if name is None:
            return None
        with open(name, "rb") as file:
            data = file.read()
        return clear_signed(self.server.key, data) if signed else data

    def answer(self, with_body):
        fault = self.fault()
        data = None if fault and fault.kind == "404" else self.content()
        if data is None:
            self.send_error(404)
            return
        data = bytearray(data)
        if fault and fault.kind == "flip":
            data[fault.position(len(data) - 1)] ^= 1
        if fault and fault.kind == "truncate":
            del data[fault.position(len(data)):]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if not with_body:
            return
        if fault and fault.kind in ("cut", "stall"):
            self.wfile.write(data[:fault.position(len(data))])
            self.wfile.flush()
            if fault.kind == "stall":
                self.rfile.read(1)  # until the client goes away
            self.close_connection = True
            return
        self.wfile.write(data)

    def do_GET(self):
        self.answer(True)

    def do_HEAD(self):
        self.answer(False)

    def log_message(self, format, *args):
        if self.server.log:
            self.server.log.write(self.path + "\n")
            self.server.log.flush()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients that go away are part of the game


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", help="keep fetched files there")
    parser.add_argument("--log", help="write the path of each request there")
    parser.add_argument("--sign", metavar="HOME", help="sign Release files anew")
    parser.add_argument("--fault", action="append", default=[], type=Fault)
    args = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory() as scratch:
        directory = args.cache or scratch
        os.makedirs(directory, exist_ok=True)
        server = Server(("127.0.0.1", 0), Handler)
        server.faults = args.fault
        server.key = args.sign
        server.store = Store(directory)
        server.log = open(args.log, "w", encoding="utf-8") if args.log else None
        print(f"http://127.0.0.1:{server.server_port}/debian", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
