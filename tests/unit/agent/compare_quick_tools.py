#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compare_quick_tools.py PROGRAM: quick-tools beside coreutils and kmod, in calls of mkinitramfs
and in others, among files, links, links to nothing and links in a circle: the same output, the
same exit code, the same files. That it does the first by itself is seen by taking /usr/bin away
from it: where it could only leave the call to the true program, it ends with 127."""

import itertools
import os
import pathlib
import resource
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile

import kernel_module

FIRMWARE = ("modinfo", "-k", "1.2", "-F", "firmware")

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
    ("dirname", "/a/b"), ("dirname", "a"), ("dirname", "a/b/"), ("dirname", "/"), ("dirname", "//"),
    ("dirname", "//a"), ("dirname", "a//b//"), ("dirname", "/a//"), ("dirname", ""),
    ("dirname", "./a/b c"), ("dirname", "a/./"),
    ("ln", "-s", "usr/lib", "/@/new"), ("ln", "-s", "/no/where", "new"), ("ln", "-s", "a b", "/@/n"),
    ("cp", "-p", "/@/file", "/@/new"), ("cp", "-pP", "/@/file", "/@/new"),
    ("cp", "-p", "/@/file", "/@/deep"), ("cp", "-p", "/@/file", "/@/far/"),
    ("cp", "-pP", "/@/special", "/@/deep/new"), ("cp", "-p", "./dir/../large", "new"),
    ("cp", "-p", "/@/tagged", "/@/new"),
    *((*FIRMWARE, f"/@/{name}.ko") for name in kernel_module.PLAIN),
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
    ("dirname",), ("dirname", "--", "a/b"), ("dirname", "-z", "a/b"), ("dirname", "a/b", "c/d"),
    ("ln", "-s", "x", "/@/file"), ("ln", "-s", "x", "/@/dir"), ("ln", "-s", "x", "/@/nowhere"),
    ("ln", "-s", "x", "/@/missing/y"), ("ln", "-s", "x", "/@/new/"), ("ln", "-s", "", "/@/new"),
    ("ln", "-s", "/@/file"), ("ln", "-s", "x", "y", "/@/dir"), ("ln", "-sf", "x", "/@/file"),
    ("ln", "-rs", "/@/deep/deep/file", "/@/new"), ("ln", "/@/file", "/@/new"),
    ("ln", "-s", "-x", "/@/new"),
    ("cp",), ("cp", "-p"), ("cp", "-p", "/@/file"), ("cp", "/@/file", "/@/new"),
    ("cp", "-p", "--", "/@/file", "/@/new"), ("cp", "-p", "/@/file", "-t", "/@/dir"),
    ("cp", "-p", "/@/file", "/@/special", "/@/dir"), ("cp", "-pr", "/@/deep", "/@/new"),
    ("cp", "-pP", "/proc/self/attr/exec", "/@/new"), ("cp", "-p", "/proc/version", "/@/new"),
    ("cp", "-p", "/@/file", "/@/" + "n" * 300), ("cp", "-p", "/@/file", "/" + "n" * 5000),
    *((*FIRMWARE, f"/@/{name}.ko") for name in kernel_module.ODD),
    (*FIRMWARE, "/@/missing.ko"), (*FIRMWARE, "/@/dir.ko"), (*FIRMWARE, "some.ko"),
    (*FIRMWARE, "/@/some"), (*FIRMWARE, "/@/some.ko", "/@/odd.ko"), FIRMWARE,
    ("modinfo", "-F", "firmware", "/@/some.ko"), ("modinfo", "/@/some.ko"),
    ("modinfo", "-k", "1.2", "-F", "alias", "/@/some.ko"),
]
# Each way of cp, from each of these, to each of those.
COPIES = [("cp", *call) for call in itertools.product(
    ("-p", "-pP"),
    ("/@/file", "/@/special", "/@/empty", "/@/holes", "/@/acl", "/@/tagged", "/@/link", "/@/nowhere",
     "/@/circle", "/@/dir", "/@/missing", "/@/file/", "far/deep/file", "/@/unreadable"),
    ("/@/new", "/@/new/", "/@/dir/", "/@/file", "/@/link", "/@/nowhere", "/@/missing/new",
     "/@/inheriting", "/@/inheriting/new", "/@/closed"))]

# Later than any change: so that no reading of a file changes it.
READ_NS, WRITTEN_NS = 4102444800123456789, 1234567890987654321
LARGE_BYTES = 1 << 16
ACL = struct.pack("<I" + "HHI" * 5, 2, 1, 6, 2**32 - 1, 2, 4, 1234, 4, 4, 2**32 - 1, 16, 4,
                  2**32 - 1, 32, 0, 2**32 - 1)


def make_special(top):
    """Files with attributes, as far as this user and this file system can have them."""
    (top / "special").write_text("special")
    if os.geteuid() == 0:
        os.chown(top / "special", 1234, 5678)
    (top / "special").chmod(0o6751)
    (top / "unreadable").write_text("x")
    (top / "unreadable").chmod(0)
    for name in "acl", "tagged":
        (top / name).write_text(name)
    (top / "inheriting").mkdir()
    (top / "closed").mkdir()
    for path, name, value in (("acl", "system.posix_acl_access", ACL), ("tagged", "user.tag", b"x"),
                              ("inheriting", "system.posix_acl_default", ACL)):
        try:
            os.setxattr(top / path, name, value)
        except OSError:
            pass


def make_modules(top):
    for name, data in (kernel_module.PLAIN | kernel_module.ODD).items():
        (top / f"{name}.ko").write_bytes(data)
    (top / "some").write_bytes(kernel_module.PLAIN["some"])
    (top / "dir.ko").mkdir()


def make(top):
    (top / "dir").mkdir()
    (top / "file").write_text("x")
    (top / "empty").touch()
    (top / "large").write_bytes(bytes(range(256)) * (LARGE_BYTES // 256))
    with open(top / "holes", "wb") as f:
        f.truncate(LARGE_BYTES)
    (top / "deep/deep").mkdir(parents=True)
    (top / "deep/deep/file").write_text("x")
    for link, target in (("link", "dir/../file"), ("far", "deep"), ("nowhere", "not/there"),
                         ("circle", "circle")):
        (top / link).symlink_to(target)
    make_special(top)
    for parent, _, files in os.walk(top):
        for path in (pathlib.Path(parent) / name for name in files):
            os.utime(path, ns=(READ_NS, WRITTEN_NS), follow_symlinks=False)
    (top / "closed").chmod(0o555)


def look_at(path):
    """Mode, owner, the times that are those of a file of ours, attributes, content, holes."""
    s = os.lstat(path)
    times = [t for t in (s.st_atime_ns, s.st_mtime_ns) if t in (READ_NS, WRITTEN_NS)]
    about = [stat.filemode(s.st_mode), s.st_uid, s.st_gid, times]
    names = [] if stat.S_ISLNK(s.st_mode) else sorted(os.listxattr(path))
    about += [(name, os.getxattr(path, name)) for name in names]
    if stat.S_ISLNK(s.st_mode):
        about.append(os.readlink(path))
    elif stat.S_ISREG(s.st_mode) and os.access(path, os.R_OK):
        holes = s.st_blocks * 512 < s.st_size // 2
        about += [s.st_size, holes, hash(pathlib.Path(path).read_bytes())]
    return about


def look(top):
    """Every file, and what is to be seen of it."""
    found = []
    for parent, dirs, files in os.walk(top):
        for name in sorted(dirs + files):
            path = os.path.join(parent, name)
            found.append((os.path.relpath(path, top), look_at(path)))
    return sorted(found)


def clear(top):
    if (top / "closed").is_dir():
        (top / "closed").chmod(0o755)
    shutil.rmtree(top, ignore_errors=True)


def let_no_file_grow():
    """What is written beyond this fails, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGE_BYTES // 2, LARGE_BYTES // 2))


def run(program, call, top, mask, prepare=None):
    """What is printed, the exit code, and what is there afterwards."""
    clear(top)
    top.mkdir()
    (make_modules if call[0] == "modinfo" else make)(top)
    args = [call[0], *(a.replace("/@", str(top)) for a in call[1:])]
    done = subprocess.run(args, executable=program, cwd=top, capture_output=True, umask=mask,
                          check=False, preexec_fn=prepare, restore_signals=not prepare)
    message = done.stderr.replace(os.fsencode(program), call[0].encode())
    return done.returncode, done.stdout, message, look(top)


def true_program(call):
    return "/usr/sbin/modinfo" if call[0] == "modinfo" else f"/usr/bin/{call[0]}"


def cases():
    """Calls, the mask of new files' modes, what is done before."""
    for call, mask in itertools.product(OWN + OTHERS, (0o022, 0o077, 0o300)):
        if mask == 0o022 or call[0] in ("cp", "ln", "mkdir"):
            yield call, mask, None
    for call in COPIES:
        yield call, 0o022, None
    yield ("cp", "-p", "/@/large", "/@/new"), 0o022, let_no_file_grow


def compare_damaged(program, work):
    """Of damaged modules both say the same; how often not."""
    failed = 0
    path = work / "damaged.ko"
    for data in kernel_module.damaged(300):
        path.write_bytes(data)
        results = []
        for side in "/usr/sbin/modinfo", program:
            done = subprocess.run([*FIRMWARE, path], executable=side, capture_output=True,
                                  check=False)
            results.append((done.returncode, done.stdout, done.stderr))
        if results[0] != results[1]:
            failed += 1
            print(f"modinfo of {data.hex()}:\n  {results[1]}\n  {results[0]}")
    return failed


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="amiwright-quick-") as scratch:
        work = pathlib.Path(scratch).resolve()
        # The same without the true programs: their directory has another name in there.
        alone = work / "alone"
        alone.write_bytes(program.read_bytes().replace(b"/usr/bin/", b"/usr/not/")
                          .replace(b"/usr/sbin/", b"/usr/snot/"))
        alone.chmod(0o755)
        count = 0
        for call, mask, prepare in cases():
            count += 1
            true = run(true_program(call), call, work / "top", mask, prepare)
            sides = [program]
            if call in OWN and not (call[0] == "mkdir" and mask == 0o300):
                sides.append(alone)
            for side in sides:
                ours = run(side, call, work / "top", mask, prepare)
                if ours != true:
                    failed += 1
                    print(f"{' '.join(call)[:80]!r}, umask {mask:o}, {side.name}:")
                    print("\n".join(f"  {a}\n  {b}" for a, b in zip(ours, true) if a != b)[:2000])
        clear(work / "top")
        failed += compare_damaged(program, work)
    print(f"{count} calls and damaged modules, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
