"""Tests of the HTTP effects run with each sender, unless one says otherwise."""

from collections.abc import Iterator

import pytest
from tests.support.wire import HeldClock, sending_by


@pytest.fixture(params=["urllib3", "aiohttp"])
def sender(request: pytest.FixtureRequest) -> Iterator[str]:
    with sending_by(request.param):
        yield request.param


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    clock = HeldClock()
    clock.install(monkeypatch)
    return clock
