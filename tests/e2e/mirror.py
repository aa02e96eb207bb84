#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian mirror on loopback that lies, stalls and loses files, as it is told.

mirror.py [--cache DIR] [--log FILE] [--sign DIR [--drop FILE]] [--fault KIND:REGEX[:BYTES]]...

Passes on what this machine's own Debian mirror (else deb.debian.org) has, each file fetched
once. The first line of output is its address, "http://127.0.0.1:PORT/debian"; its sibling for
security updates is ".../debian-security". It ends with its parent or on SIGTERM.

With --sign, package lists are signed with the key in the GnuPG home DIR/home, which is made
when it is not there; its public part is written to DIR/keys.gpg. The packages whose names stand
in FILE, which may change at any time, are not in them.

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
import lzma
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fake"))
import archive  # noqa: E402

PR_SET_PDEATHSIG = 1
LIST = "main/binary-amd64/Packages"


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
                        # A name of its own: other tests' mirrors have the same store.
                        with open(f"{name}.{os.getpid()}", "wb") as dst:
                            shutil.copyfileobj(src, dst)
                except urllib.error.HTTPError:
                    return None
                os.rename(f"{name}.{os.getpid()}", name)
        return name


class Signed:
    """Release files and package lists of our own, without some packages."""

    def __init__(self, store, directory, drop):
        self.store, self.drop = store, drop
        self.home = os.path.join(directory, "home")
        self.lock = threading.Lock()
        self.made = {}
        with archive.Signer(self.home) as signer:
            with open(os.path.join(directory, "keys.gpg"), "wb") as file:
                file.write(signer.public_keys())

    def dropped(self):
        if not self.drop or not os.path.exists(self.drop):
            return ()
        with open(self.drop, encoding="utf-8") as file:
            return tuple(file.read().split())

    def upstream(self, path):
        name = self.store.get(path)
        if name is None:
            return None
        with open(name, "rb") as file:
            return file.read()

    def make(self, suite, dropped):
        """(InRelease, Packages), or None where upstream has none."""
        old = self.upstream(f"{suite}/InRelease")
        packages = self.upstream(f"{suite}/{LIST}.xz")
        if old is None or packages is None:
            return None
        stanzas = lzma.decompress(packages).decode().split("\n\n")
        heads = tuple(f"Package: {name}\n" for name in dropped)
        kept = "\n\n".join(s for s in stanzas if not heads or not s.startswith(heads)).encode()
        date = re.search(r"^Date: (.*)$", old.decode(), re.MULTILINE).group(1)
        text = archive.release(suite.rsplit("/", 1)[1], {LIST: kept}, date)
        with archive.Signer(self.home) as signer:
            return signer.sign(text), kept

    def get(self, path):
        """The bytes for a path of ours; None: it is another's, or upstream has none."""
        suite, _, rest = path.partition("/main/") if "/main/" in path else path.rpartition("/")
        wanted = {"InRelease": 0, LIST: 1}.get(rest if rest == "InRelease" else "main/" + rest)
        if wanted is None or "/dists/" not in suite:
            return None
        key = (suite, self.dropped())
        with self.lock:
            if key not in self.made:
                self.made[key] = self.make(*key)
            return self.made[key] and self.made[key][wanted]


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
        if self.server.signed and "/dists/" in self.path:
            data = self.server.signed.get(self.path)
            return data and bytearray(data)
        name = self.server.store.get(self.path)
        if name is None:
            return None
        with open(name, "rb") as file:
            return bytearray(file.read())

    def answer(self, with_body):
        fault = self.fault()
        data = None if fault and fault.kind == "404" else self.content()
        if data is None:
            self.send_error(404)
            return
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
    parser.add_argument("--sign", help="sign with the key that is kept there")
    parser.add_argument("--drop", help="file of names of packages that are not listed")
    parser.add_argument("--fault", action="append", default=[], type=Fault)
    args = parser.parse_args()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory() as scratch:
        directory = args.cache or scratch
        os.makedirs(directory, exist_ok=True)
        server = Server(("127.0.0.1", 0), Handler)
        server.faults = args.fault
        server.store = Store(directory)
        server.signed = Signed(server.store, args.sign, args.drop) if args.sign else None
        server.log = open(args.log, "w", encoding="utf-8") if args.log else None
        print(f"http://127.0.0.1:{server.server_port}/debian", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
