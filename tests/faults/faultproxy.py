"""A network with every bad habit: a TCP proxy that a test programs, request by request.

It stands between a device and central, reads whole HTTP messages, and passes them on byte for
byte, so that what central sees is what the device signed. `plan` says what happens to the
requests to come, in their order; one without a plan just goes through.
"""

import contextlib
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum

import msgspec

PORTAL = b"<!doctype html><html><title>Free Wi-Fi</title>Please log in</html>"
LONGEST_SILENCE_S = 30.0
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 s: closing resets the connection instead of ending it politely."""

_TLS_HELLO = b"\x16"
"""How a TLS client begins; a web server that speaks none answers it in plain HTTP."""


class Fault(Enum):
    """What may happen to one request and its answer."""

    NONE = "nothing"
    STALL = "read, and never answered"
    CUT_HEAD = "cut before its body was read"
    CUT_REQUEST = "cut after half of it went to central"
    CUT_ANSWER = "cut after half of the answer came back"
    LOSE_ANSWER = "taken by central, the answer lost"
    TWICE = "delivered twice, the first answer comes back"
    TWICE_SECOND = "delivered twice, the second answer comes back"
    LATE = "lost for now; delivered after the next request"
    STALE_ANSWER = "not delivered; an older answer of central comes back"
    CHANGED = "one byte of the body changed on the way"
    ANSWER_CHANGED = "one byte of the answer changed on the way"
    SAY_500 = "answered 500 by a web server"
    SAY_503 = "answered 503 with Retry-After"
    SAY_429 = "answered 429 with Retry-After"
    PORTAL = "answered 200 with a log-in page"
    PORTAL_REDIRECT = "answered 302 to a log-in page"
    PORTAL_REFUSES = "answered 403 with a log-in page"
    NOISE = "answered with bytes that are no HTTP"


class Message(msgspec.Struct, frozen=True):
    """One HTTP request or answer: all up to the empty line, and the body."""

    head: bytes
    body: bytes

    @property
    def first_line(self) -> bytes:
        """`POST /path HTTP/1.1`, or the status line."""
        return self.head.split(b"\r\n", 1)[0]

    @property
    def is_good(self) -> bool:
        """Whether it is an answer that says yes."""
        return b" 200 " in self.first_line or b" 201 " in self.first_line

    def changed(self) -> "Message":
        """The same with one bit of its last byte flipped."""
        if not self.body:
            return self
        return Message(self.head, self.body[:-1] + bytes([self.body[-1] ^ 1]))


def _page(status: str, body: bytes = b"", *headers: str) -> Message:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return Message("\r\n".join(lines).encode(), body)


SAYINGS = {
    Fault.SAY_500: _page("500 Internal Server Error", b"<h1>Server Error (500)</h1>"),
    Fault.SAY_503: _page("503 Service Unavailable", b"<h1>busy</h1>", "Retry-After: 3600"),
    Fault.SAY_429: _page("429 Too Many Requests", b"<h1>slower</h1>", "Retry-After: 3600"),
    Fault.PORTAL: _page("200 OK", PORTAL, "Content-Type: text/html"),
    Fault.PORTAL_REDIRECT: _page("302 Found", b"", "Location: http://127.0.0.1:9/log-in"),
    Fault.PORTAL_REFUSES: _page("403 Forbidden", PORTAL, "Content-Type: text/html"),
    Fault.NOISE: Message(b"SSH-2.0-dropbear\r\n\r\n", b""),
}
"""What the network says by itself, without asking central."""


class Cut(Exception):
    """This connection ends here, at once."""


class FaultProxy:
    """Listens on loopback and passes on to `upstream`, a port on loopback, or misbehaves.

    With `tls`, whoever connects is spoken to in TLS. `delivered` keeps what went to central
    whole, for `deliver_again`; `met` the faults that really happened. `on` plans the next
    request to a path, before `plan` is looked at.
    """

    def __init__(self, upstream: int, tls: ssl.SSLContext | None = None) -> None:
        self.plan: deque[Fault] = deque()
        self.on: dict[str, Fault] = {}
        self.delivered: list[Message] = []
        self.met: list[Fault] = []
        self._upstream = upstream
        self._tls = tls
        self._late: list[Message] = []
        self._answers: dict[bytes, Message] = {}
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._door.getsockname()[1])

    @property
    def url(self) -> str:
        """What a device takes for central's address."""
        return f"http://127.0.0.1:{self.port}"

    def will(self, faults: Iterable[Fault]) -> None:
        """Plan the requests to come, and forget what was planned before."""
        self.plan = deque(faults)

    def deliver_again(self, index: int) -> Message | None:
        """Bring central an earlier request once more, signature and all; what it says."""
        if not self.delivered:
            return None
        with contextlib.suppress(Cut):
            return self._ask(self.delivered[index % len(self.delivered)])
        return None

    def close(self) -> None:
        """Cut whatever is open, and stop listening."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for connection in list(self._open):
            _cut(connection)
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> "FaultProxy":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        """Request after request on one connection, until someone hangs up."""
        connection.settimeout(LONGEST_SILENCE_S)
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.add(connection)
            while self._one(connection):
                pass
        except (Cut, OSError, ValueError):
            _cut(connection)
        finally:
            self._open.discard(connection)
            connection.close()

    def _one(self, connection: socket.socket) -> bool:
        """Serve one request; False where there is none any more."""
        head = _head(connection)
        if not head:
            return False
        fault = self._fault_for(Message(head, b""))
        self.met.append(fault)
        if fault is Fault.CUT_HEAD:
            raise Cut
        request = Message(head, _body(connection, head))
        self._HABITS.get(fault, FaultProxy._say)(self, connection, request, fault)
        return True

    def _fault_for(self, request: Message) -> Fault:
        if fault := self.on.pop(_path(request).decode(), None):
            return fault
        return self.plan.popleft() if self.plan else Fault.NONE

    def _pass(self, connection: socket.socket, request: Message, _: Fault) -> None:
        connection.sendall(_whole(self._ask(request)))
        for late in self._taken_late():
            self._ask(late)

    def _stall(self, connection: socket.socket, _request: Message, _: Fault) -> None:
        connection.recv(1)  # until the device gives up, or we are told to end
        raise Cut

    def _cut_request(self, _connection: socket.socket, request: Message, _: Fault) -> None:
        with socket.create_connection(("127.0.0.1", self._upstream)) as central:
            central.sendall(request.head + request.body[: len(request.body) // 2])
        raise Cut

    def _cut_answer(self, connection: socket.socket, request: Message, _: Fault) -> None:
        answer = _whole(self._ask(request))
        connection.sendall(answer[: len(answer) - len(answer) // 4])
        raise Cut

    def _lose_answer(self, _connection: socket.socket, request: Message, _: Fault) -> None:
        self._ask(request)
        raise Cut

    def _twice(self, connection: socket.socket, request: Message, fault: Fault) -> None:
        answers = [self._ask(request), self._ask(request)]
        connection.sendall(_whole(answers[fault is Fault.TWICE_SECOND]))

    def _keep_for_later(self, _connection: socket.socket, request: Message, _: Fault) -> None:
        self._late.append(request)
        raise Cut

    def _answer_as_before(self, connection: socket.socket, request: Message, _: Fault) -> None:
        stale = self._answers.get(_path(request))
        if stale is None:
            raise Cut
        connection.sendall(_whole(stale))

    def _change(self, connection: socket.socket, request: Message, _: Fault) -> None:
        connection.sendall(_whole(self._ask(request.changed())))

    def _change_answer(self, connection: socket.socket, request: Message, _: Fault) -> None:
        connection.sendall(_whole(self._ask(request).changed()))

    def _say(self, connection: socket.socket, _request: Message, fault: Fault) -> None:
        connection.sendall(_whole(SAYINGS[fault]))
        raise Cut

    _HABITS: dict[Fault, Callable[..., None]] = {
        Fault.NONE: _pass,
        Fault.STALL: _stall,
        Fault.CUT_REQUEST: _cut_request,
        Fault.CUT_ANSWER: _cut_answer,
        Fault.LOSE_ANSWER: _lose_answer,
        Fault.TWICE: _twice,
        Fault.TWICE_SECOND: _twice,
        Fault.LATE: _keep_for_later,
        Fault.STALE_ANSWER: _answer_as_before,
        Fault.CHANGED: _change,
        Fault.ANSWER_CHANGED: _change_answer,
    }

    def _taken_late(self) -> list[Message]:
        late, self._late = self._late, []
        return late

    def _ask(self, request: Message) -> Message:
        """Central's answer. Raises Cut: it gave none."""
        try:
            with socket.create_connection(("127.0.0.1", self._upstream)) as central:
                central.settimeout(LONGEST_SILENCE_S)
                central.sendall(_whole(request))
                head = _head(central)
                answer = Message(head, _body(central, head))
        except OSError as error:
            raise Cut from error
        if not head:
            raise Cut
        self.delivered.append(request)
        if answer.is_good:
            self._answers[_path(request)] = answer
        return answer


def _head(connection: socket.socket) -> bytes:
    """All up to and with the empty line; nothing where the other side has hung up."""
    head = bytearray()
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return b""
        if not head and byte == _TLS_HELLO:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            raise Cut
        head += byte
    return bytes(head)


def _body(connection: socket.socket, head: bytes) -> bytes:
    """What Content-Length promises. Raises ValueError: something else is promised."""
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
    if b"transfer-encoding" in fields:
        raise ValueError("no chunked messages here")
    body = bytearray()
    while len(body) < int(fields.get(b"content-length", b"0")):
        piece = connection.recv(int(fields[b"content-length"]) - len(body))
        if not piece:
            raise Cut
        body += piece
    return bytes(body)


def _path(request: Message) -> bytes:
    return request.first_line.split(b" ")[1].split(b"?")[0]


def _whole(message: Message) -> bytes:
    return message.head + message.body


def _cut(connection: socket.socket) -> None:
    """As a pulled cable would end it, once the other side hears of it."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        connection.shutdown(socket.SHUT_RDWR)
