# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine for ec2-init to set up: a directory that it is chrooted into, with a firmware, a
console and users of its own, in the namespaces of the test."""
import os
import pathlib
import re
import secrets
import shutil
import subprocess

ADMIN = 1000

# grow: "/" is a directory of the host's here, and its disk is the host's to size.
CONFIG = """
grow = no
console = /console
metadata-wait = 20
request-wait = 1
"""


class Result:
    def __init__(self, code, text, console):
        self.code, self.text, self.console = code, text, console


class Machine:
    def __init__(self, root, agent, instance=None):
        self.root = pathlib.Path(root)
        for name in "etc/ssh", "home", "proc", "dev", "usr", "root", "run", "tmp", "var/lib", \
                "var/log", "sys/class/dmi/id":
            (self.root / name).mkdir(parents=True)
        for name in "bin", "sbin", "lib", "lib64":
            (self.root / name).symlink_to("usr/" + name)
        for name in "usr", "dev", "proc":
            subprocess.run(["mount", "--rbind", "/" + name, self.root / name], check=True)
        shutil.copy(agent, self.root / "ec2-init")
        self.write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                   "admin:x:%d:%d::/home/admin:/bin/sh\n" % (ADMIN, ADMIN))
        self.write("etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost\n")
        self.write("etc/machine-id", "")
        self.write("console", "")
        self.write("etc/ec2-init.conf", CONFIG)
        self.home = self.root / "home/admin"
        self.home.mkdir()
        os.chown(self.home, ADMIN, ADMIN)
        self.keys = self.home / ".ssh/authorized_keys"
        self.state = self.root / "var/lib/ec2-init"
        self.boot_id = self.root / "boot-id"
        self.boot_id.touch()
        subprocess.run(["mount", "--bind", self.boot_id,
                        self.root / "proc/sys/kernel/random/boot_id"], check=True)
        self.wakes_as(instance)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, name):
        return (self.root / name).read_text()

    def configure(self, text):
        self.write("etc/ec2-init.conf", CONFIG + text)

    def wakes_as(self, instance):
        """The next boot, as this instance; None: on a firmware that does not say which."""
        tag = self.root / "sys/class/dmi/id/board_asset_tag"
        tag.write_text((instance or "Not Specified") + "\n")
        self.boot_id.write_text(secrets.token_hex(16) + "\n")

    def command(self, stage):
        return ["chroot", str(self.root), "/ec2-init", stage]

    def run(self, stage, **more):
        self.write("console", "")
        done = subprocess.run(self.command(stage), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, check=False, **more)
        return Result(done.returncode, done.stdout.decode("latin-1"), self.read("console"))

    def start(self, stage):
        self.write("console", "")
        return subprocess.Popen(self.command(stage), stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)

    def host_keys(self):
        return {p.name: p.read_text() for p in (self.root / "etc/ssh").glob("ssh_host_*_key.pub")}

    def snapshot(self):
        """What a boot may change, but for its logs."""
        return {str(p): p.read_bytes() for d in ("etc", "home", "var/lib")
                for p in sorted((self.root / d).rglob("*")) if p.is_file()}

    def stop(self):
        subprocess.run(["umount", "-l", self.root / "proc/sys/kernel/random/boot_id"], check=True)
        for name in "usr", "dev", "proc":
            subprocess.run(["umount", "-l", self.root / name], check=True)


def block(console, what):
    """The lines of one of the console's blocks of host keys."""
    found = re.search("-----BEGIN SSH HOST KEY %s-----\n(.*?)(ec2: )?-----END SSH HOST KEY %s"
                      % (what, what), console, re.S)
    return found.group(1).splitlines() if found else []
