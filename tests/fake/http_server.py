#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""http_server.py SCRIPT RECORDS: an HTTP/1.1 server on loopback that answers as told.

Its port is the first line of its output; it runs until it is killed. Request number N, from 1,
is kept as the file RECORDS/N, head and body, before it is answered; RECORDS/connections is how
many connections there were.

SCRIPT is JSON. "tls" names a PEM file of chain and key, beside SCRIPT. "connect" is what
becomes of each connection before a request: "hang", "reset", or "greet" (it speaks first, as
mail servers do). "answers" is a list; a request takes the first whose "path" its target begins
with (none: any) that is not used up:

  times      how many requests it answers (1; 0: any number)
  status     200
  headers    an object, or a list of pairs
  body       a string, or {"bytes": N} for N bytes that count from 0 to 250 again and again, or
             {"json": ANYTHING} for it as JSON
  framing    "length" (Content-Length), "chunked", or "close" (the end is the end)
  raw        sent instead of all of these, and the connection is closed
  until      waits for request number N before it answers
  hang       falls silent until the client leaves: "request" (before the answer), "headers"
             (after them), "body" (after half of the body)
  cut        closes after so many bytes of the answer
  reset      such a close is a TCP reset
  slow_ms    time between pieces of the body, which are of 1000 bytes
  close      closes after the answer without having said so
"""
import itertools
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time


class Script:
    def __init__(self, path, records):
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        self.records = records
        self.connect = told.get("connect")
        self.answers = told.get("answers", [])
        self.lock = threading.Condition()
        self.requests = 0
        self.tls = None
        if told.get("tls"):
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(os.path.join(os.path.dirname(path), told["tls"]))
            self.tls.set_alpn_protocols(["http/1.1"])

    def record(self, request):
        with self.lock:
            self.requests += 1
            with open(f"{self.records}/{self.requests}", "wb") as file:
                file.write(request)
            self.lock.notify_all()

    def wait_for(self, number):
        with self.lock:
            self.lock.wait_for(lambda: self.requests >= number)

    def answer(self, target):
        with self.lock:
            for answer in self.answers:
                times = answer.setdefault("times", 1)
                if target.startswith(answer.get("path", "")) and times >= 0:
                    if times:
                        answer["times"] = times - 1 or -1
                    return answer
        return {"status": 500, "body": "the script has no answer for " + target}


def read_head(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline(1 << 20)
        if not line:
            return None
        head += line
    return head


def parse_head(head):
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return method, target, {name.lower(): value.strip() for name, value in pairs}


def read_body(stream, fields):
    if fields.get("transfer-encoding", "").lower() != "chunked":
        return stream.read(int(fields.get("content-length", "0")))
    body = b""
    while True:
        size = int(stream.readline(), 16)
        body += stream.read(size)
        stream.readline()
        if not size:
            return body


def make_body(told):
    if isinstance(told, dict):
        if "json" in told:
            return json.dumps(told["json"]).encode()
        return (bytes(range(251)) * (told["bytes"] // 251 + 1))[: told["bytes"]]
    return told.encode()


def make_head(answer, body, framing):
    lines = [f"HTTP/1.1 {answer.get('status', 200)} As told"]
    headers = answer.get("headers", {})
    for name, value in headers.items() if isinstance(headers, dict) else headers:
        lines.append(f"{name}: {value}")
    if framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
    elif framing == "length":
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def in_chunks(body):
    pieces = [body[i : i + 1000] for i in range(0, len(body), 1000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"


def hang(connection):
    """Until the client leaves."""
    while connection.recv(1 << 16):
        pass


def end(connection, reset):
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    else:
        connection.shutdown(socket.SHUT_RDWR)


def send_answer(connection, answer, method):
    """False when the connection is not to be used again."""
    if "raw" in answer:
        connection.sendall(answer["raw"].encode("latin-1"))
        return False
    framing = answer.get("framing", "length")
    body = make_body(answer.get("body", ""))
    head = make_head(answer, body, framing)
    if framing == "chunked":
        body = in_chunks(body)
    if method == "HEAD":
        body = b""
    if answer.get("hang") == "request":
        hang(connection)
        return False
    if "cut" in answer:
        connection.sendall((head + body)[: answer["cut"]])
        end(connection, answer.get("reset"))
        return False
    connection.sendall(head)
    if answer.get("hang") == "headers":
        hang(connection)
    if answer.get("hang") == "body":
        connection.sendall(body[: len(body) // 2])
        hang(connection)
    if "slow_ms" in answer:
        for i in range(0, len(body), 1000):
            time.sleep(answer["slow_ms"] / 1000)
            connection.sendall(body[i : i + 1000])
    else:
        connection.sendall(body)
    return framing != "close" and not answer.get("close") and "hang" not in answer


def serve(script, connection):
    if script.connect == "hang":
        hang(connection)
        return
    if script.connect == "reset":
        connection.recv(1)
        end(connection, True)
        return
    if script.connect == "greet":
        connection.sendall(b"220 hello\r\n")
    if script.tls:
        connection = script.tls.wrap_socket(connection, server_side=True)
    stream = connection.makefile("rb")
    while True:
        head = read_head(stream)
        if not head:
            break
        method, target, fields = parse_head(head)
        answer = script.answer(target)
        script.record(head + read_body(stream, fields))
        script.wait_for(answer.get("until", 0))
        if not send_answer(connection, answer, method):
            break
    if connection.fileno() >= 0:
        connection.shutdown(socket.SHUT_RDWR)
        connection.close()


def serve_quietly(script, connection):
    try:
        serve(script, connection)
    except OSError:
        pass  # the client left, or refused our certificate
    finally:
        connection.close()


def accept_all(script, listener):
    for count in itertools.count(1):
        connection, _ = listener.accept()
        with open(f"{script.records}/connections", "w", encoding="ascii") as file:
            file.write(str(count))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=serve_quietly, args=(script, connection), daemon=True).start()


def main():
    script = Script(sys.argv[1], sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(listener.getsockname()[1], flush=True)
    accept_all(script, listener)


main()
