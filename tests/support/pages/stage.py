"""A pytest plugin for the tests of a page: their calls meet the simulated providers, too."""

from contextlib import ExitStack
from typing import Final

from tests.support.pages.world import World

from tarash.tarash_gateway.testing import default_effects

_STAGE: Final = ExitStack()


def pytest_configure() -> None:
    _STAGE.enter_context(default_effects(World().effects))


def pytest_unconfigure() -> None:
    _STAGE.close()
