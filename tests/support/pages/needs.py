"""What some pages need beside the simulated providers: a database, an engine, official clients."""

import importlib
import logging
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any, Final

import fal_client
import google.auth
import httpx
import httpx2
import pytest
import replicate
from google.oauth2.credentials import Credentials
from tests.support.databases import database
from tests.support.dbos_sqlite import skip_where_sqlite_is_too_old
from tests.support.pages.world import World

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "testserver"})


@contextmanager
def _log(_world: World) -> Iterator[None]:
    """Give back the library's log, and the root of all logs, as they were."""
    logs = [logging.getLogger(name) for name in ("tarash.tarash_gateway", None)]
    before = [([*log.handlers], log.level) for log in logs]
    try:
        yield
    finally:
        for log, (handlers, level) in zip(logs, before, strict=True):
            log.handlers[:] = handlers
            log.setLevel(level)


@contextmanager
def _metrics(_world: World) -> Iterator[None]:
    """Take a page's metrics out of the registry of the process: each name may be there once."""
    from prometheus_client import REGISTRY  # noqa: PLC0415 - few pages need it

    before = set(REGISTRY._collector_to_names)
    yield
    for collector in set(REGISTRY._collector_to_names) - before:
        REGISTRY.unregister(collector)


@contextmanager
def _database(_world: World) -> Iterator[None]:
    """Have a PostgreSQL database with the table of the reader's own, where there is a server."""
    import psycopg  # noqa: PLC0415 - few pages need it

    with database() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE orders (job text PRIMARY KEY, video_ready boolean)")
        yield


@contextmanager
def _dbos(_world: World) -> Iterator[None]:
    """End the engine that a page has begun, and forget what the page told the integration."""
    skip_where_sqlite_is_too_old()
    from dbos import DBOS  # noqa: PLC0415 - few pages need it

    from tarash.tarash_gateway.integrations import dbos  # noqa: PLC0415 - likewise

    yield
    DBOS.destroy()
    dbos.configure()


@contextmanager
def _celery(_world: World) -> Iterator[None]:
    """Run the recipe's tasks at once, in this process: Celery has settings for that."""
    name = "examples.celery_app"
    with pytest.MonkeyPatch.context() as patch:
        # The module reads the broker when it is loaded.
        patch.setenv("CELERY_BROKER_URL", "memory://")
        patch.delitem(sys.modules, name, raising=False)
        app = importlib.import_module(name).app
        patch.setitem(sys.modules, name, sys.modules[name])
        app.conf.update(
            task_always_eager=True,
            task_store_eager_result=True,
            result_backend="cache+memory://",
        )
        yield


@contextmanager
def _official_clients(world: World) -> Iterator[None]:
    """Let the official clients meet the simulated providers, and wait on the world's clock.

    All of them send with httpx, or with its successor: what replaces the transports leaves
    everything else to the client.
    """
    sleep, main = time.sleep, threading.main_thread()

    def slept(seconds: float) -> None:
        # Only the page itself waits on the fake clock; threads behind it have their own pace.
        (world.clock.sleep if threading.current_thread() is main else sleep)(seconds)

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        # A reader sees this one, too: OpenAI's client says it of each call.
        warnings.filterwarnings("ignore", "The Sora API is scheduled", DeprecationWarning)
        for library in (httpx, httpx2):
            _replace_transports(library, world, patch)
        patch.setattr(time, "sleep", slept)
        # The identity of a machine that has none.
        identity = Credentials(token="a-token"), "my-project"
        patch.setattr(google.auth, "default", lambda *_args, **_options: identity)
        yield
        _close_what_lives_as_long_as_a_process()


def _replace_transports(library: Any, world: World, patch: pytest.MonkeyPatch) -> None:
    blocking = library.HTTPTransport.handle_request
    awaiting = library.AsyncHTTPTransport.handle_async_request

    def reply(request: Any, content: bytes) -> Any:
        got = world.receive(request.method, str(request.url), request.headers, content)
        return library.Response(got.status, headers=dict(got.headers), content=got.body)

    def answered(transport: Any, request: Any) -> Any:
        if request.url.host in _LOOPBACK:
            return blocking(transport, request)
        return reply(request, request.read())

    async def answered_async(transport: Any, request: Any) -> Any:
        if request.url.host in _LOOPBACK:
            return await awaiting(transport, request)
        return reply(request, await request.aread())

    patch.setattr(library.HTTPTransport, "handle_request", answered)
    patch.setattr(library.AsyncHTTPTransport, "handle_async_request", answered_async)


def _close_what_lives_as_long_as_a_process() -> None:
    """Close the clients behind the modules' own functions, as the end of a process would."""
    for owner, name in (
        (fal_client.sync_client, "_client"),
        (replicate.default_client, "_Client__client"),
    ):
        client = vars(owner).pop(name, None)
        if client is not None:
            client.close()


Need = Callable[[World], AbstractContextManager[None]]
# By a text that a page has where it needs them.
NEEDS: Final[Mapping[str, Need]] = {
    "DATABASE_URL": _database,
    "import logging": _log,
    "from prometheus_client import": _metrics,
    "from dbos import": _dbos,
    "from examples.celery_app import": _celery,
    "import fal_client": _official_clients,
    "from openai import": _official_clients,
    "import replicate": _official_clients,
    "from runwayml import": _official_clients,
    "from google import genai": _official_clients,
}


@contextmanager
def met(text: str, world: World) -> Iterator[None]:
    """Meet the needs of a page, by its text."""
    with ExitStack() as stack:
        for need in dict.fromkeys(need for sign, need in NEEDS.items() if sign in text):
            stack.enter_context(need(world))
        yield
