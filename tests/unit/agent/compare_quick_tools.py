#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compare_quick_tools.py PROGRAM: quick-tools beside coreutils, in calls of mkinitramfs and in
others, among files, links, links to nothing and links in a circle: the same output, the same exit
code, the same directories. That it does the first by itself is seen by taking /usr/bin away from
it: where it could only leave the call to coreutils, it ends with 127."""

import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile

OWN = [
    ("readlink", "-f", "/@/file"), ("readlink", "-f", "/@/link"), ("readlink", "-f", "/@/dir/"),
    ("readlink", "-f", "/@/far/deep/file"), ("readlink", "-f", "/@/./dir/../file"),
    ("readlink", "-f", "/"), ("readlink", "-f", "/bin"), ("readlink", "-f", "//usr//bin/"),
    ("realpath", "-ms", "/"), ("realpath", "-ms", "//lib//x"), ("realpath", "-ms", "/../.."),
    ("realpath", "-ms", "/a/./b/../c/"), ("realpath", "-ms", "/@/link/../x"),
    ("realpath", "-ms", "/a/..b/.c/..."), ("realpath", "-ms", "/" + "n" * 4000),
    ("realpath", "-s", "/@/link"), ("realpath", "-s", "/@/far//deep/./file"),
    ("realpath", "-s", "/@/nowhere"),
    ("basename", "/a/b"), ("basename", "a"), ("basename", "/a/b//"), ("basename", "/"),
    ("basename", "//"), ("basename", ""), ("basename", "a b\n"),
    ("mkdir", "-p", "/@/new/er/est"), ("mkdir", "-p", "/@/dir"), ("mkdir", "-p", "/@/far/more/"),
    ("mkdir", "-p", "/@/dir/./a//b"),
]
OTHERS = [
    ("readlink", "/@/link"), ("readlink", "-f", "/@/missing"), ("readlink", "-f", "/@/no/such"),
    ("readlink", "-f", "/@/circle"), ("readlink", "-f", "/@/nowhere"), ("readlink", "-f", "link"),
    ("readlink", "-f", "/@/file/"), ("readlink", "-f", "/proc/self/cwd"), ("readlink",),
    ("readlink", "-f"), ("readlink", "-f", "/@/link", "/@/file"), ("readlink", "-e", "/@/file"),
    ("realpath", "/@/link"), ("realpath", "-s", "/@/missing"), ("realpath", "-s", "/@/no/such"),
    ("realpath", "-s", "/@/dir/../file"), ("realpath", "-s", "/@/file/"),
    ("realpath", "-s", "link"),
    ("realpath", "-ms", "a/b"), ("realpath", "-ms", "/" + "n" * 5000), ("realpath", "-ms", ""),
    ("basename",), ("basename", "--", "x"), ("basename", "a.c", ".c"), ("basename", "-a", "x", "y"),
    ("mkdir", "/@/plain"), ("mkdir", "/@/file"), ("mkdir", "-p", "/@/file"),
    ("mkdir", "-p", "/@/file/x"), ("mkdir", "-p", "/@/nowhere/x"), ("mkdir", "-m", "700", "/@/m"),
    ("mkdir", "-p", "relative/x"), ("mkdir", "-p", "--", "/@/dashes"), ("mkdir", "-p"),
]


def make(top):
    (top / "dir").mkdir()
    (top / "file").write_text("x")
    (top / "deep/deep").mkdir(parents=True)
    (top / "deep/deep/file").write_text("x")
    for link, target in (("link", "dir/../file"), ("far", "deep"), ("nowhere", "not/there"),
                         ("circle", "circle")):
        (top / link).symlink_to(target)


def look(top):
    """Every file's name and mode."""
    found = []
    for parent, dirs, files in os.walk(top):
        for name in sorted(dirs + files):
            path = os.path.join(parent, name)
            found.append((os.path.relpath(path, top), stat.filemode(os.lstat(path).st_mode)))
    return sorted(found)


def run(program, call, top, mask):
    """What is printed, the exit code, and what is there afterwards."""
    shutil.rmtree(top, ignore_errors=True)
    top.mkdir()
    make(top)
    args = [call[0], *(a.replace("/@", str(top)) for a in call[1:])]
    done = subprocess.run(args, executable=program, cwd=top, capture_output=True, umask=mask,
                          check=False)
    message = done.stderr.replace(os.fsencode(program), call[0].encode())
    return done.returncode, done.stdout, message, look(top)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="amiwright-quick-") as scratch:
        work = pathlib.Path(scratch).resolve()
        # The same without the true programs: their directory has another name in there.
        alone = work / "alone"
        alone.write_bytes(program.read_bytes().replace(b"/usr/bin/", b"/usr/not/"))
        alone.chmod(0o755)
        for call in OWN + OTHERS:
            for mask in (0o022, 0o077, 0o300):
                true = run(f"/usr/bin/{call[0]}", call, work / "top", mask)
                sides = [program]
                if call in OWN and not (call[0] == "mkdir" and mask == 0o300):
                    sides.append(alone)
                for side in sides:
                    ours = run(side, call, work / "top", mask)
                    if ours != true:
                        failed += 1
                        print(f"{' '.join(call)[:80]!r}, umask {mask:o}, {side.name}:\n"
                              f"  {ours}\n  {true}")
    print(f"{len(OWN + OTHERS)} calls, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
