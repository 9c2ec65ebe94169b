"""No test leaves this machine, and none finds a key of its user, unless it records a cassette."""

import logging
import os
import signal
import socket
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from tests.support import databases
from tests.support.databases import journal as journal
from tests.support.databases import place as place
from tests.support.databases import postgres_database as postgres_database
from tests.support.databases import postgres_server as postgres_server
from tests.support.lifecycle_cases import Call, _asyncio, _blocking

from tarash.tarash_gateway.testing.tapes import current_mode

# The same examples in every run, however slow the machine: what fails here fails there. To look for
# new ones: HYPOTHESIS_PROFILE=explore.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("tests", deadline=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("explore", deadline=None, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "tests"))


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what runs in its background with this signal ignored, and a test that
    # interrupts itself would wait for ever.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    databases.prepare(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    databases.clean(config)


_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Asyncio and the like need these.
_LOCAL_FAMILIES = (getattr(socket, "AF_UNIX", None),)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    if current_mode() != "none":
        return
    connect = socket.socket.connect

    def checked(self: socket.socket, address: tuple[str, int] | str) -> None:
        if self.family not in _LOCAL_FAMILIES and address[0] not in _LOOPBACK:
            message = f"a test wanted to reach {address!r}"
            raise AssertionError(message)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    if current_mode() != "none":
        return
    for name in list(os.environ):
        if name.upper().endswith(("_KEY", "_TOKEN", "_SECRET", "_PROXY", "KEY_ID", "_BASE_URL")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _quiet_vcr() -> Iterator[None]:
    logger = logging.getLogger("vcr")
    level = logger.level
    logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(level)


@pytest.fixture(params=[_blocking, _asyncio], ids=["blocking", "asyncio"])
def call(request: pytest.FixtureRequest) -> Call:
    interpreter: Call = request.param
    return interpreter
