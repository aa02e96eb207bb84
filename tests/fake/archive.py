#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A small archive of Debian's kind, signed with a key of its own.

archive.py make DIR NAME=VERSION...   write DIR/debian with the suite "test", DIR/keys.gpg
archive.py serve DIR                  serve DIR on loopback; prints the port, then goes on until
                                      its parent ends; DIR/requests gets "STATUS PATH" lines

Packages have records and no files.
"""

import ctypes
import email.utils
import hashlib
import http.server
import os
import pathlib
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
KEY_USER = "archive@test.invalid"


def gpg(home, *arguments, **options):
    return subprocess.run(["gpg", "--homedir", str(home), "--batch", "--quiet", *arguments],
                          check=True, capture_output=True, **options).stdout


class Signer:
    """A new key; `home` holds it, and its agent ends with the `with` block."""

    def __init__(self, home):
        self.home = pathlib.Path(home)

    def __enter__(self):
        if not self.home.exists():
            self.home.mkdir(mode=0o700, parents=True)
            gpg(self.home, "--passphrase", "", "--quick-gen-key", KEY_USER, "ed25519")
        return self

    def __exit__(self, *_):
        subprocess.run(["gpgconf", "--homedir", str(self.home), "--kill", "all"], check=False)

    def public_keys(self):
        return gpg(self.home, "--export")

    def sign(self, text):
        return gpg(self.home, "--clearsign", input=text.encode())


def release(suite, lists, date=None):
    """Release text that vouches for `lists`: path → bytes. The date is text, or now."""
    date = date or email.utils.formatdate(usegmt=True).replace("GMT", "UTC")
    lines = [f"Suite: {suite}", f"Codename: {suite}", f"Date: {date}",
             "Architectures: amd64 arm64", "Components: main", "SHA256:"]
    lines += [f" {hashlib.sha256(data).hexdigest()} {len(data)} {path}"
              for path, data in sorted(lists.items())]
    return "\n".join(lines) + "\n"


def record(name, version):
    digest = hashlib.sha256(f"{name} {version}".encode()).hexdigest()
    return (f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: none\n"
            f"Filename: pool/{name}_{version}_all.deb\nSize: 1\nSHA256: {digest}\n\n")


def make(directory, packages):
    suite = directory / "debian/dists/test"
    path = "main/binary-amd64/Packages"
    data = "".join(record(*p.split("=")) for p in packages).encode()
    (suite / path).parent.mkdir(parents=True, exist_ok=True)
    (suite / path).write_bytes(data)
    with Signer(directory / "home") as signer:
        (suite / "InRelease").write_bytes(signer.sign(release("test", {path: data})))
        (directory / "keys.gpg").write_bytes(signer.public_keys())


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code="-", size="-"):
        with open(os.path.join(self.directory, "requests"), "a", encoding="utf-8") as log:
            log.write(f"{int(code)} {self.path}\n")

    def log_message(self, *_):
        pass


def serve(directory):
    def handler(*arguments):
        return Handler(*arguments, directory=str(directory))

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()


def main():
    verb, directory, *packages = sys.argv[1:]
    if verb == "make":
        make(pathlib.Path(directory), packages)
    else:
        serve(pathlib.Path(directory))


if __name__ == "__main__":
    main()
