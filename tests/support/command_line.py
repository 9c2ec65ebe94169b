"""Running the command line within the test's process, and in a real terminal."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Final

import attrs
import pytest
from tests.support.terminals import run_in_terminal

from tarash.tarash_gateway.effects.disk import SystemDisk
from tarash.tarash_gateway.effects.live import RandomIds, SystemEnvironment
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.mock import clips
from tarash.tarash_gateway.testing import FakeClock, ScriptedHttp, default_effects, fake_effects

CLIP = HttpResponse(status=200, body=clips.packaged_clip("1:1").content)
_MAIN = "from tarash.tarash_gateway.cli import main; main()"
# What the commands of a test meet until its end: the fixture `tarash` closes it.
STAGE: Final = ExitStack()
FAL = ("generate", "a kite", "--provider", "fal", "--model", "fal-ai/veo3")


@attrs.frozen
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


Tarash = Callable[..., Ran]


def world(
    monkeypatch: pytest.MonkeyPatch, http: ScriptedHttp, later: float = 0.0, **environment: str
) -> None:
    """Let the next commands meet these replies, so many seconds after the begin of the clock."""
    STAGE.close()
    patched = STAGE.enter_context(monkeypatch.context())
    for name, value in environment.items():
        patched.setenv(name, value)
    clock = FakeClock()
    clock.advance(later)
    # Ids and files as in life: a journal sees several commands of a test.
    effects = attrs.evolve(
        fake_effects(http=http, clock=clock),
        ids=RandomIds(),
        disk=SystemDisk(),
        environment=SystemEnvironment(),
    )
    STAGE.enter_context(default_effects(effects))


def in_terminal(
    *arguments: str, environment: Mapping[str, str], columns: int = 80
) -> tuple[int, str]:
    """Run the command in a terminal of its own, and return its code and all that it shows."""
    shown = run_in_terminal(_MAIN, *arguments, environment=environment, columns=columns)
    return shown.code, shown.screen
