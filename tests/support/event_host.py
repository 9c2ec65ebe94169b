"""A host on a real socket that speaks fal's dialect, with a stream that behaves as told."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Final, Self

import attrs
from tests.support.listener import Listener
from tests.support.patience import LIMIT

from tarash.tarash_gateway import VideoGenerationConfig
from tarash.tarash_gateway.testing import FakeClock

HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"
QUEUED: Final = {"status": "IN_QUEUE", "queue_position": 3}
RUNNING: Final = {"status": "IN_PROGRESS", "logs": [{"message": "50 %"}]}
DONE: Final = {"status": "COMPLETED"}
_MP4: Final = "https://v3.fal.media/files/a/b.mp4"


def event(status: dict[str, Any]) -> bytes:
    """Return an event as fal sends it."""
    return f"data: {json.dumps(status)}\n\n".encode()


@attrs.define
class EventHost:
    """A provider of one job.

    Attributes:
        stream: Yields the bytes of the reply to a request for the stream; then it is closed.
        polls: The poll at which the job is done, unless a stream sets ``done`` before.
        clock: The time of the client; what happens at the host takes none of it.
        asked: What was asked for, in order: ``"submit"``, ``"stream"``, ``"poll"``, ``"result"``.
        hung_up: Set when the client has closed a stream before its end.
        done: Set when the job is done.
    """

    stream: Callable[["EventHost"], Iterator[bytes]]
    polls: int = 1
    clock: FakeClock = attrs.field(factory=FakeClock)
    asked: list[str] = attrs.field(factory=list)
    queries: list[str] = attrs.field(factory=list)
    hung_up: threading.Event = attrs.field(factory=threading.Event)
    done: threading.Event = attrs.field(factory=threading.Event)
    _listener: Listener = attrs.field(init=False)

    def __enter__(self) -> Self:
        self._listener = Listener(self._serve)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()

    def config(self, **changes: Any) -> VideoGenerationConfig:
        """Return a config for the host.

        A poll without a stream comes after 60 seconds of the clock. The connection has so many real
        ones for the first bytes of the stream, which a slow machine has to keep to.
        """
        url = f"http://127.0.0.1:{self._listener.port}"
        fields = {"provider": "fal", "model": "fal-ai/veo3", "api_key": "k", "poll_interval": 60}
        return VideoGenerationConfig(**{**fields, "base_url": url, "timeout": 600, **changes})

    def _serve(self, connection: socket.socket) -> None:
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                more = connection.recv(1 << 16)
                if not more:
                    return
                received += more
            head, _, received = received.partition(b"\r\n\r\n")
            lines = head.decode().lower().split("\r\n")
            length = next((int(x[15:]) for x in lines if x.startswith("content-length:")), 0)
            while len(received) < length:
                received += connection.recv(1 << 16)
            received = received[length:]
            method, path = head.decode().split(" ")[:2]
            if path.partition("?")[0].endswith("/stream"):
                self._send_stream(connection, path)
                return
            connection.sendall(self._reply(method, path))

    def _send_stream(self, connection: socket.socket, path: str) -> None:
        self.asked.append("stream")
        self.queries.append(path.partition("?")[2])
        gone = threading.Event()
        watching = threading.Thread(target=self._watch, args=(connection, gone), daemon=True)
        watching.start()
        for piece in self.stream(self):
            if gone.is_set():
                return
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        watching.join(LIMIT)

    def _watch(self, connection: socket.socket, gone: threading.Event) -> None:
        with contextlib.suppress(OSError):
            connection.recv(1)
        gone.set()
        self.hung_up.set()

    def _reply(self, method: str, path: str) -> bytes:
        if method == "POST":
            self.asked.append("submit")
            return _json({"request_id": "job-1", "status": "IN_QUEUE"})
        if method == "PUT":
            self.asked.append("cancel")
            return _json({"status": "CANCELLATION_REQUESTED"})
        if path.partition("?")[0].endswith("/status"):
            self.asked.append("poll")
            if self.asked.count("poll") >= self.polls:
                self.done.set()
            return _json(DONE if self.done.is_set() else RUNNING)
        self.asked.append("result")
        return _json({"video": {"url": _MP4}})


def _json(value: dict[str, Any]) -> bytes:
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def good(host: EventHost) -> Iterator[bytes]:
    """Yield what fal's stream is documented to send."""
    yield HEAD + event(QUEUED)
    yield b": ping\n\n"
    yield event(RUNNING)
    host.done.set()
    yield event(DONE)


def open_for_ever(host: EventHost) -> Iterator[bytes]:
    """Yield a status, then comments without end."""
    yield HEAD + event(QUEUED)
    while not host.hung_up.wait(0.05):
        yield b": ping\n\n"
