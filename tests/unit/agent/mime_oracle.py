# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes and reads MIME messages with Python's email package, as cloud-init does.

Writes the messages of the usual tools to message-NAME here; then, for each message-* there
is, its parts that are no multiparts to parts-*: type, name, length and content.
"""
import email
import email.policy
import gzip
import pathlib
from email import encoders
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

SCRIPT = "#!/bin/sh\necho one = two\n"
UMLAUTS = "#!/bin/sh\necho gr\u00fc\u00dfe \u2026 " + "long " * 40 + "\n"


def text(content, charset, name=None):
    part = MIMEText(content, "x-shellscript", charset)
    if name:
        part.add_header("Content-Disposition", "attachment; filename=\"%s\"" % name)
    return part


def packed(content):
    part = MIMEBase("application", "gzip")
    part.set_payload(gzip.compress(content.encode(), mtime=0))
    encoders.encode_base64(part)
    return part


def plain():
    m = MIMEMultipart()
    m.attach(text(SCRIPT, "us-ascii", "first.sh"))
    m.attach(text(UMLAUTS, "utf-8", "second.sh"))
    return m


def quoted():
    m = MIMEMultipart()
    part = MIMEBase("text", "x-shellscript")
    part.set_payload(UMLAUTS.encode())
    encoders.encode_quopri(part)
    m.attach(part)
    return m


def nested():
    m = MIMEMultipart()
    inner = MIMEMultipart("alternative")
    inner.attach(text(SCRIPT, "us-ascii"))
    innermost = MIMEMultipart()
    innermost.attach(packed(SCRIPT))
    inner.attach(innermost)
    inner.attach(text("#!/bin/bash\n", "us-ascii"))
    m.attach(inner)
    m.attach(text("last\n", "us-ascii", "name with \\\"quotes\\\""))
    return m


def long_boundary():
    m = plain()
    m.set_boundary("=" * 30 + "boundary'()+_,-./:=?" + "1" * 6)
    return m


MAKERS = {
    "plain": lambda: plain().as_bytes(),
    "crlf": lambda: plain().as_bytes(policy=email.policy.SMTP),
    "mailbox": lambda: plain().as_bytes(unixfrom=True),
    "quoted": lambda: quoted().as_bytes(),
    "nested": lambda: nested().as_bytes(),
    "boundary": lambda: long_boundary().as_bytes(),
    "alone": lambda: text(UMLAUTS, "utf-8").as_bytes(),
}


def read(data):
    out = b""
    for part in email.message_from_bytes(data).walk():
        if part.is_multipart():
            continue
        payload = part.get_payload(decode=True)
        out += b"%s\n%s\n%d\n%s\n" % (part.get_content_type().encode(),
                                      (part.get_filename() or "").encode(),
                                      len(payload), payload)
    return out


for name, maker in MAKERS.items():
    pathlib.Path("message-" + name).write_bytes(maker())
for message in pathlib.Path(".").glob("message-*"):
    parts = message.name.replace("message-", "parts-")
    pathlib.Path(parts).write_bytes(read(message.read_bytes()))
