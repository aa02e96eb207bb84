# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads GUID partition tables as firmware and kernel do, independently of the agent.

gpt_judge.py make SECTOR_BYTES SECTORS START-END…: a table with these partitions to stdout.
gpt_judge.py judge SECTOR_BYTES INITIAL FINAL STATE…: every STATE is one in which the
power may have failed on the way from INITIAL to FINAL. Its primary copy must be valid, as
Linux wants it, with the partitions of INITIAL or of FINAL; where that of INITIAL is not, a
valid backup with these partitions must be where a firmware looks for it. Of FINAL both
copies must be valid, agree, and be where they belong.
"""
import struct
import sys
import uuid
import zlib

HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")


class Copy:
    def __init__(self, disk, size, lba):
        (self.signature, _, length, crc, _, self.lba, self.alternate, self.first,
         self.last, self.guid, entries, count, entry,
         entries_crc) = HEADER.unpack_from(disk, lba * size)
        raw = bytearray(disk[lba * size:lba * size + length])
        raw[16:20] = bytes(4)
        array = disk[entries * size:entries * size + count * entry]
        self.entries = entries
        self.sectors = -(-count * entry // size)
        self.valid = (self.signature == b"EFI PART" and 92 <= length <= size and
                      zlib.crc32(raw) == crc and self.lba == lba and entry == 128 and
                      self.first <= self.last < len(disk) // size and
                      zlib.crc32(array) == entries_crc)
        self.partitions = [array[i:i + 128] for i in range(0, len(array), 128)]

    def ranges(self):
        return [struct.unpack_from("<QQ", p, 32) for p in self.partitions if any(p[:16])]


def protective(disk):
    return [e for e in (disk[446 + 16 * i:462 + 16 * i] for i in range(4))
            if e[4] == 0xee and struct.unpack_from("<I", e, 8)[0] == 1]


def kernel_sees(disk, size):
    """What Linux makes of it: the protective MBR and the primary copy, or nothing."""
    if disk[510:512] != b"\x55\xaa" or not protective(disk):
        return None
    primary = Copy(disk, size, 1)
    return primary.ranges() if primary.valid else None


def firmware_sees(disk, size):
    seen = kernel_sees(disk, size)
    places = [len(disk) // size - 1, struct.unpack_from("<I", protective(disk)[0], 12)[0]]
    for lba in places:
        if seen is None and lba < len(disk) // size and Copy(disk, size, lba).valid:
            seen = Copy(disk, size, lba).ranges()
    return seen


def check(what, holds):
    if not holds:
        sys.exit(what)


def check_final(disk, size):
    last = len(disk) // size - 1
    primary, backup = Copy(disk, size, 1), Copy(disk, size, last)
    check("final: primary", primary.valid and primary.alternate == last)
    check("final: primary's array", 1 < primary.entries < primary.first)
    check("final: backup", backup.valid and backup.alternate == 1)
    check("final: backup's array", backup.entries + backup.sectors <= last and
          backup.entries > backup.last)
    check("final: copies differ", primary.partitions == backup.partitions and
          (primary.guid, primary.first, primary.last) ==
          (backup.guid, backup.first, backup.last))
    check("final: outside", all(primary.first <= a <= b <= primary.last
                                for a, b in primary.ranges()))
    claim = struct.unpack_from("<I", protective(disk)[0], 12)[0]
    check("final: protective size %d" % claim, claim == min(last, 0xffffffff))


def judge(size, initial, final, states):
    allowed = [firmware_sees(initial, size), firmware_sees(final, size)]
    sees = kernel_sees if kernel_sees(initial, size) else firmware_sees
    check("initial: nothing to see", allowed[0])
    check_final(final, size)
    for name in states:
        with open(name, "rb") as f:
            seen = sees(f.read(), size)
        check("%s: %s, not one of %s" % (name, seen, allowed), seen in allowed)


def make(size, sectors, ranges):
    disk = bytearray(size * sectors)
    count = 128 * 128 // size
    array = b"".join(uuid.uuid5(uuid.NAMESPACE_OID, "type").bytes +
                     uuid.uuid5(uuid.NAMESPACE_OID, r).bytes +
                     struct.pack("<QQ80x", *map(int, r.split("-")))
                     for r in ranges).ljust(128 * 128, b"\0")
    for lba, other, entries in ((1, sectors - 1, 2), (sectors - 1, 1, sectors - 1 - count)):
        fields = [b"EFI PART", 0x10000, 92, 0, 0, lba, other, 2 + count,
                  sectors - 2 - count, bytes(range(16)), entries, 128, 128,
                  zlib.crc32(array)]
        fields[3] = zlib.crc32(HEADER.pack(*fields))
        disk[lba * size:lba * size + 92] = HEADER.pack(*fields)
        disk[entries * size:entries * size + len(array)] = array
    disk[446:462] = struct.pack("<B3xB3xII", 0, 0xee, 1, sectors - 1)
    disk[510:512] = b"\x55\xaa"
    sys.stdout.buffer.write(disk)


if sys.argv[1] == "make":
    make(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
else:
    with open(sys.argv[3], "rb") as a, open(sys.argv[4], "rb") as b:
        judge(int(sys.argv[2]), a.read(), b.read(), sys.argv[5:])
