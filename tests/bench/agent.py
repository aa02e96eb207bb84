# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of ec2-init: what it adds to a boot, against the same image without it."""

import os
import pathlib
import re
import select
import statistics
import subprocess
import time

E2E = pathlib.Path(__file__).resolve().parent.parent / "e2e"
UP, USED = rb"bench: up\b", rb"bench: ([0-9]+) KiB"
BOOT_MOST_S = 600

# The same in both images. A login needs sshd and the network; without an agent, sshd does not
# wait for that.
UNIT = """\
[Unit]
After=ssh.service network-online.target
Wants=network-online.target
[Service]
Type=simple
ExecStart=/usr/local/sbin/bench-up
"""
# The memory as free(1) counts it, what is not available, when all has started and come to rest:
# udev's workers wait for more to do for some seconds.
SCRIPT = """\
#!/bin/sh
echo "bench: up" >/dev/ttyS0
systemctl is-system-running --wait
while pgrep -x '\\(udev-worker\\)'; do
	sleep 1
done
awk '/^MemTotal:/ { t = $2 } /^MemAvailable:/ { a = $2 }
	END { print "bench: " t - a " KiB" }' /proc/meminfo >/dev/ttyS0
"""


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def debugfs(image, script):
    """Run these commands on the root file system, the disk's last partition; a failure
    of one of them is seen in what it prints, and nowhere else."""
    start = re.findall(r"start= *([0-9]+)", run("sfdisk", "--dump", image))[-1]
    at = f"{image}?offset={512 * int(start)}"
    done = subprocess.run(["debugfs", "-w", "-f", "-", at], input=script, text=True, check=True,
                          capture_output=True)
    if said := re.findall(r"^(?!debugfs |Allocated inode:).+", done.stderr, re.M):
        raise SystemExit(f"bench: debugfs: {said[0]}")


def add_unit(work, image):
    (work / "bench.service").write_text(UNIT)
    (work / "bench-up").write_text(SCRIPT)
    debugfs(image, f"""\
write {work}/bench.service /etc/systemd/system/bench.service
write {work}/bench-up /usr/local/sbin/bench-up
sif /usr/local/sbin/bench-up mode 0100755
cd /etc/systemd/system/multi-user.target.wants
symlink bench.service /etc/systemd/system/bench.service
""")


def take_agent_away(work, image):
    """In its place what it would have made: host keys, and a key that may log in."""
    script = ["cd /etc/systemd/system/multi-user.target.wants",
              *(f"rm ec2-init-{stage}.service" for stage in ("boot", "metadata", "user-data"))]
    for kind in "ed25519", "ecdsa":
        run("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", work / f"bench-{kind}")
        for end, mode in ("", "0100600"), (".pub", "0100644"):
            path = f"/etc/ssh/ssh_host_{kind}_key{end}"
            script += [f"write {work}/bench-{kind}{end} {path}", f"sif {path} mode {mode}"]
    keys = "/home/admin/.ssh"
    script += [f"mkdir {keys}", f"write {work}/bench-ed25519.pub {keys}/authorized_keys",
               f"sif {keys} mode 040700", f"sif {keys}/authorized_keys mode 0100600",
               *(f"sif {path} {field} 1000" for path in (keys, keys + "/authorized_keys")
                 for field in ("uid", "gid"))]
    debugfs(image, "\n".join(script) + "\n")


def read_until(pattern, seen, machine, end):
    """Add to `seen` what the machine's console shows until this is in it."""
    while not re.search(pattern, seen):
        if time.monotonic() > end or machine.poll() is not None:
            raise SystemExit("bench: the image does not boot:\n"
                             + seen.decode(errors="replace")[-2000:])
        if select.select([machine.stdout], [], [], 1)[0]:
            seen += os.read(machine.stdout.fileno(), 65536)


def boot_seconds(program, image, kib):
    """From the program's start to the moment from which a login works; `kib` gets the memory
    that is in use after the boot."""
    begin, seen = time.monotonic(), bytearray()
    with subprocess.Popen([program, "run", "--quiet", "--firmware", "bios", image],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as machine:
        try:
            read_until(UP, seen, machine, begin + BOOT_MOST_S)
            seconds = time.monotonic() - begin
            read_until(USED, seen, machine, begin + BOOT_MOST_S)
            kib.append(int(re.search(USED, seen)[1]))
            return seconds
        finally:
            machine.terminate()


def agent_ms(program):
    """Both stages of a first boot that do the work, in namespaces: the metadata service is
    a process beside it. Without ssh-keygen, which is another's program."""
    out = run(str(E2E / "test-agent-local"), "test_fast",
              env=dict(os.environ, AMIWRIGHT=os.path.abspath(program), E2E_DIR=str(E2E)))
    return float(re.search(r"([0-9.]+) ms, median", out)[1])


def bench(ours, work, rounds, medians, row):
    row("ec2-init, two stages / 50 ms", agent_ms(ours.program), 50, "ms", "1.00")
    ours.build(to="agent.raw")
    with_it, without = work / "agent.raw", work / "no-agent.raw"
    add_unit(work, with_it)
    run("cp", "--sparse=always", with_it, without)
    take_agent_away(work, without)
    kib = []
    boots = medians(rounds, lambda: boot_seconds(ours.program, with_it, kib),
                    lambda: boot_seconds(ours.program, without, []))
    row("boot to ssh, ec2-init / key baked in", *boots, "s", "1.15")
    row("memory in use after it / 64 MiB", statistics.median(kib) / 1024, 64, "MiB", "1.00")
