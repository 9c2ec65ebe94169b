"""Effects whose replies come from a cassette, or are recorded into one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from ... import _later
from ...effects import Clock, Effects, Environment
from ...effects.unscripted import WithoutOptional
from ...running.worlds import standing_in
from ..fakes import FakeClock
from ..scripts import fake_effects
from ..worlds import scripted_effects
from . import interactions
from .files import ReadableFiles
from .modes import RecordMode, current_mode

if TYPE_CHECKING:
    import vcr

    from ...effects import live, urllib3_http
else:
    # Only tests install vcrpy, and urllib3 opens a socket on import.
    vcr, live, urllib3_http = _later.modules(
        __package__, "vcr", "...effects.live", "...effects.urllib3_http"
    )

_MATCH_ON: Final = ("method", "scheme", "host", "port", "path", "query", "body")


@attrs.frozen
class _Over:
    """An environment in which the process's own variables win over given ones."""

    given: Mapping[str, str] = attrs.field(repr=False)
    real: Environment

    def get(self, name: str) -> str | None:
        """Return the variable, or None."""
        return self.real.get(name) or self.given.get(name)


@contextmanager
def replay(
    cassette: Path,
    *,
    environment: Mapping[str, str] | None = None,
    mode: RecordMode | None = None,
) -> Iterator[Effects]:
    """Yield effects whose HTTP replies come from a VCR cassette, with a fake clock.

    Requests must equal the recorded ones in method, URL and body, and every recorded
    interaction must be played. Videos are not measured. Needs vcrpy.

    In another mode than ``"none"`` the clock is the real one, requests are sent, and what comes
    back is written into the cassette: without keys, signatures of URLs, cookies and names of
    accounts, with the packaged clip in the place of each long video. The keys are those of the
    process's environment.

    Args:
        cassette: The file.
        environment: The variables, none by default. Where something is recorded, those of the
            process win over them.
        mode: ``"none"`` replays. ``"once"`` records a file that does not exist, ``"new_episodes"``
            what the file lacks, ``"all"`` everything anew, and ``"rewrite"`` replaces the file.
            None, the default: what the option ``--record-mode`` of pytest says, else ``"none"``.

    Raises:
        AssertionError: There is no such cassette, or an interaction was not played.
    """
    chosen = current_mode() if mode is None else mode
    if is_played(cassette, chosen):
        world = fake_effects(environment=environment)
        with _played(cassette, world) as effects:
            yield effects
    else:
        real = live.live_effects()
        environ = _Over(environment or {}, real.environment)
        with _recorded(cassette, attrs.evolve(real, environment=environ), chosen) as effects:
            yield effects


@attrs.frozen(kw_only=True)
class ReplayedVideo:
    """A test that has a cassette.

    Attributes:
        cassette: The file.
        is_recording: Whether requests are sent, and recorded.
        effects: The effects, which are the default ones meanwhile.
    """

    cassette: Path
    is_recording: bool
    effects: Effects = attrs.field(repr=False)


@contextmanager
def replay_in_place(
    cassette: Path, mode: RecordMode, clock: Clock | None = None
) -> Iterator[ReplayedVideo]:
    """Let a cassette stand in for the providers, for code that passes no effects: see `replay`.

    Files are those of the disk. A replay has a key for each provider, a recording the real ones.

    Args:
        cassette: The file.
        mode: The mode.
        clock: The clock of a replay; by default a `FakeClock`.
    """
    plays = is_played(cassette, mode)
    world = (
        _played(cassette, scripted_effects(http=fake_effects().http, clock=clock or FakeClock()))
        if plays
        else _recorded(cassette, live.live_effects(), mode)
    )
    with world as effects, standing_in(effects):
        yield ReplayedVideo(cassette=cassette, is_recording=not plays, effects=effects)


def is_played(cassette: Path, mode: RecordMode) -> bool:
    """Tell whether nothing is sent in a mode."""
    return mode == "none" or (mode == "once" and cassette.exists())


@contextmanager
def _played(cassette: Path, world: Effects) -> Iterator[Effects]:
    if not cassette.exists():
        message = (
            f"there is no cassette {cassette}: record it with a key of your own, by "
            "--record-mode=once (pytest) or mode='once'"
        )
        raise AssertionError(message)
    # Loaded before vcrpy puts its own connections into urllib3: the module derives from urllib3's.
    http = WithoutOptional(urllib3_http.Urllib3Http())
    with _recorder("none", "none").use_cassette(str(cassette)) as tape:
        yield attrs.evolve(world, http=http)
    if not tape.all_played:
        message = (
            f"{cassette.name}: only {tape.play_count} of {len(tape)} interactions were played: "
            "remove the others, or make the missing requests"
        )
        raise AssertionError(message)


@contextmanager
def _recorded(cassette: Path, world: Effects, mode: RecordMode) -> Iterator[Effects]:
    vcr_mode = "once" if mode == "rewrite" else mode
    recorder = _recorder(vcr_mode, mode, ignore_hosts=interactions.TOKEN_HOSTS)
    http = WithoutOptional(urllib3_http.Urllib3Http())  # before vcrpy, as above
    with recorder.use_cassette(str(cassette)):
        yield attrs.evolve(world, http=http, async_http=None)


def _recorder(vcr_mode: str, mode: RecordMode, **more: Any) -> Any:
    recorder = vcr.VCR(
        record_mode=vcr_mode,
        match_on=_MATCH_ON,
        decode_compressed_response=True,
        before_record_request=interactions.request_for,
        before_record_response=interactions.reply_for,
        **more,
    )
    recorder.register_persister(ReadableFiles(mode))
    return recorder
