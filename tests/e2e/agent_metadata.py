# SPDX-License-Identifier: GPL-2.0-or-later
"""A metadata service for the tests of ec2-init: version 2, with every way to misbehave.

One connection, one request. What `trouble` holds is taken first, one entry a connection: a
function of the socket, the method and the path, which returns True when it has answered."""
import secrets
import socket
import threading


class Metadata:
    def __init__(self, values):
        self.values = values  # path below /latest/ -> bytes
        self.requests = []  # (method, path, address it came to)
        self.tokens = set()
        self.trouble = []
        self.off = False  # 403 to everything
        self.sockets = []

    def listen(self, *addresses):
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            s = socket.socket(family, socket.SOCK_STREAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # Also before an interface has the address.
            s.setsockopt(socket.SOL_IP, 15, 1)  # IP_FREEBIND
            if family == socket.AF_INET6:
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                s.setsockopt(socket.IPPROTO_IPV6, 78, 1)  # IPV6_FREEBIND
            s.bind((address, 80))
            s.listen(16)
            self.sockets.append(s)
            threading.Thread(target=self.accept, args=(s, address), daemon=True).start()

    def accept(self, listener, address):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.serve, args=(connection, address), daemon=True).start()

    def serve(self, connection, address):
        try:
            with connection:
                self.answer(connection, address)
        except OSError:
            pass  # the client went away, which some answers make it do

    def answer(self, connection, address):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(4096)
            if not piece:
                return
            head += piece
        lines = head.decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ")
        fields = {k.lower(): v.strip() for k, _, v in (l.partition(":") for l in lines[1:])}
        self.requests.append((method, path, address))
        if self.trouble and self.trouble.pop(0)(connection, method, path):
            return
        status, body = self.decide(method, path, fields)
        connection.sendall(response(status, body))

    def decide(self, method, path, fields):
        if self.off:
            return 403, b""
        if method == "PUT" and path == "/latest/api/token":
            ttl = fields.get("x-aws-ec2-metadata-token-ttl-seconds", "")
            if not ttl.isdigit() or not 1 <= int(ttl) <= 21600:
                return 400, b""
            token = secrets.token_hex(27)
            self.tokens.add(token)
            return 200, token.encode()
        if method != "GET" or not path.startswith("/latest/"):
            return 405, b""
        if fields.get("x-aws-ec2-metadata-token") not in self.tokens:
            return 401, b""
        value = self.values.get(path[len("/latest/"):])
        return (404, b"") if value is None else (200, value)


def response(status, body, length=None):
    return b"HTTP/1.1 %d -\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
        status, len(body) if length is None else length, body)


def answers(data):
    """These bytes instead of an answer, and the connection's end."""
    def trouble(connection, _method, _path):
        connection.sendall(data)
        return True
    return trouble


def stalls(connection, _method, _path):
    """Nothing, until the client has had enough."""
    connection.settimeout(60)
    connection.recv(1)
    return True


def drips(connection, _method, _path):
    """A head that never ends, byte by byte: no time-out between two bytes helps."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    gone = threading.Event()
    while not gone.wait(0.05):
        connection.sendall(b"x")
    return True


def floods(connection, _method, _path):
    """A body that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def passes(_connection, _method, _path):
    return False
