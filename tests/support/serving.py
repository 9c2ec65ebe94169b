"""Web servers in threads, on loopback, for applications of either standard."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import uvicorn
from tests.support.patience import wait


@contextmanager
def serving_asgi(application: Any) -> Iterator[str]:
    """Run an ASGI application, and yield its URL."""
    config = uvicorn.Config(
        application, host="127.0.0.1", port=0, log_level="critical", ws="none", lifespan="on"
    )
    server = uvicorn.Server(config)
    started = threading.Event()
    startup = server.startup

    async def tell(*arguments: Any, **options: Any) -> None:
        await startup(*arguments, **options)
        started.set()

    server.startup = tell  # type: ignore[method-assign]  # it has no event of its own
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait(started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name there
        """Print nothing."""


class _Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def serving_wsgi(application: Callable[..., Any]) -> Iterator[str]:
    """Run a WSGI application, and yield its URL."""
    with make_server("127.0.0.1", 0, application, _Threading, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


SERVING = {"asgi": serving_asgi, "wsgi": serving_wsgi}
