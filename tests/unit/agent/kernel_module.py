# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel modules as files, as far as modinfo looks at them: ELF with a section .modinfo."""

import random
import struct

HEADER_BYTES = 64
SECTION_BYTES = 64
PROGBITS, STRTAB = 1, 3
NAMES = b"\0.modinfo\0.shstrtab\0.text\0"


def section(name, kind, offset, size):
    return struct.pack("<IIQQQQIIQQ", NAMES.index(name), kind, 0, 0, offset, size, 0, 0, 1, 0)


def module(info, names=(b".modinfo",)):
    """A module whose sections of these names hold the bytes `info`."""
    at = HEADER_BYTES + len(info)
    table = at + len(NAMES)
    sections = [bytes(SECTION_BYTES), section(b".shstrtab", STRTAB, at, len(NAMES))]
    sections += [section(name, PROGBITS, HEADER_BYTES, len(info)) for name in names]
    # Type REL, for x86-64.
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 1, 62, 1, 0, 0, table, 0,
                         HEADER_BYTES, 0, 0, SECTION_BYTES, len(sections), 1)
    return header + info + NAMES + b"".join(sections)


INFO = b"license=GPL\0firmware=a/b.bin\0alias=pci:v*\0firmware=c d\0depends=\0"
PLAIN = {
    "some": module(INFO),
    "none": module(b"license=GPL\0"),
    "empty": module(b""),
    "padded": module(b"\0\0\0" + INFO + b"\0\0firmware=e\0\0"),
    "odd": module(b"firmware\0firmware=\0firmwares=x\0=y\0firmware=f=g\0xfirmware=h\0"),
    "late": module(INFO, (b".text", b".modinfo")),
    "long": module(b"firmware=" + b"f" * 5000 + b"\0"),
}
ODD = {
    "open": module(INFO[:-1]),
    "nul": module(b"\0"),
    "twice": module(INFO, (b".modinfo", b".modinfo")),
    "without": module(INFO, (b".text",)),
    "longest": module(b"firmware=" + b"f" * 70000 + b"\0"),
    "text": b"firmware=x\n",
    "nothing": b"",
}


def damaged(count):
    """The first module with some bytes of what is not its text changed, or its end cut off."""
    rng = random.Random(1)
    whole = PLAIN["some"]
    places = [*range(HEADER_BYTES), *range(HEADER_BYTES + len(INFO), len(whole))]
    for _ in range(count):
        data = bytearray(whole)
        for _ in range(rng.randint(1, 3)):
            data[rng.choice(places)] = rng.choice((0, 1, 0x7f, 0xff, rng.randrange(256)))
        yield bytes(data[:rng.randrange(len(data))] if rng.random() < 0.2 else data)
