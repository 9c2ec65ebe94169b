"""Providers and their storage on one real socket; they take uploads and keep none of them."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import attrs

_PIECE: Final = 1 << 16


@attrs.frozen
class Body:
    """A body that came in: how long it was, its digest, and its first and last bytes."""

    length: int
    digest: str
    head: bytes
    tail: bytes
    whole: bool


@attrs.define
class UploadHost:
    """A running host of fal's, Replicate's and Runway's form.

    Attributes:
        url: Where it listens.
        paths: Method and path of each request, in order.
        bodies: The bodies of the uploads.
        cuts: After how many bytes the next uploads are cut off.
        at_piece: Called before each piece of a body is read: it may take its time.
        at_first_piece: Called when a body begins to come in.
        at_start: Called when an upload is asked for.
        submitted: Path and JSON of each request that has JSON.
        began: Set when a body begins to come in.
        ended: Set when a body has ended.
        over: Set when the host is closed.
    """

    url: str = ""
    paths: list[str] = attrs.field(factory=list)
    bodies: list[Body] = attrs.field(factory=list)
    cuts: list[int] = attrs.field(factory=list)
    at_piece: Callable[[], None] = lambda: None
    at_first_piece: Callable[[], None] = lambda: None
    at_start: Callable[[], None] = lambda: None
    submitted: list[Any] = attrs.field(factory=list)
    began: threading.Event = attrs.field(factory=threading.Event)
    ended: threading.Event = attrs.field(factory=threading.Event)
    over: threading.Event = attrs.field(factory=threading.Event)

    def answer(self, path: str) -> tuple[int, Any]:
        """Return the status and the JSON of the reply."""
        if path.startswith("/storage/upload/initiate"):
            self.at_start()
            return 200, {"upload_url": f"{self.url}/put?sig=1", "file_url": f"{self.url}/stored"}
        if path.startswith("/put"):
            return 200, {}
        if path == "/files":
            return 201, {"id": "f1", "urls": {"get": f"{self.url}/files/f1"}}
        # Then fal's queue.
        if path.startswith("/fal-ai") and path.partition("?")[0].endswith("/status"):
            return 200, {"status": "COMPLETED"}
        if "/requests/" in path:
            return 200, {"video": {"url": f"{self.url}/kite.mp4"}}
        if path.startswith("/fal-ai"):
            return 200, {"status": "IN_QUEUE", "request_id": "r1"}
        done = {"status": "succeeded", "output": f"{self.url}/kite.mp4"}
        return 200, {"id": "p1", **done}


def _take(host: UploadHost, handler: BaseHTTPRequestHandler) -> bool:
    """Read the body of an upload, and tell whether all of it came."""
    length, came = int(handler.headers["content-length"]), 0
    cut = host.cuts.pop(0) if host.cuts else length
    digest, head, tail = hashlib.sha256(), b"", b""
    while came < length:
        host.at_piece()
        piece = handler.rfile.read(min(_PIECE, length - came))
        if not came:
            host.began.set()
            host.at_first_piece()
        came += len(piece)
        digest.update(piece)
        head, tail = head or piece[:400], (tail + piece)[-400:]
        if not piece or came > cut:
            break
    host.bodies.append(Body(came, digest.hexdigest(), head, tail, came == length))
    host.ended.set()
    return came == length


@contextmanager
def upload_host() -> Iterator[UploadHost]:
    """Run a host."""
    host = UploadHost()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            host.paths.append(f"{self.command} {self.path}")
            if self.path.startswith(("/put", "/files")):
                if not _take(host, self):
                    self.close_connection = True
                    return
            elif length := int(self.headers.get("content-length") or 0):
                host.submitted.append((self.path, json.loads(self.rfile.read(length))))
            status, value = host.answer(self.path)
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _any  # noqa: N815 - the base class's names

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # What breaks off is expected here.
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]  # of this one only
    host.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield host
    finally:
        host.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
