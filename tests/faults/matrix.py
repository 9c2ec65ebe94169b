"""Every fault at every stage of every provider, and what becomes of the job and the money.

python -m tests.faults.matrix            prints the table of docs/measured-faults.md
"""

import asyncio
import re
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, TypeAlias

import attrs

from tarash.tarash_gateway import (
    TarashException,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
    generate_video_async,
    resume_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import live_effects

from .dialects import DIALECTS, Stage
from .server import FAULTS, Running, Script, Seen, running

# Seconds for a call and for an exchange, where the server answers at once: enough for a busy
# machine, because an exchange that is late by itself would be a fault of its own. The clock skips
# most of them.
_PROMPT = (60.0, 20.0)
# Where the server lets the client wait, and each second is a real one.
_PATIENT = (9.0, 2.0)
_ALWAYS = 10**9
# At once, so many trials that need the processor, and so many that wait for a slow server: together
# fewer than the threads of the asyncio calls.
_BUSY, _WAITING = 4, 24
_SLOW = frozenset({"silence", "slow bytes", "slow head", "interim flood"})
# A trial in which the server stood still for so many seconds, because the machine was busy, met
# another fault than its own: it is made again, so many times at most.
_STILL, _TRIES = 0.5, 5
_REQUEST = VideoGenerationRequest(prompt="a kite over the sea")
KEY = "canary-4711"
# A blocking call, and asyncio calls with and without the extra `async`.
Sender: TypeAlias = Literal["blocking", "threads", "aiohttp"]


@attrs.define
class HurriedClock:
    """The real clock, set forward by most of each pause instead of waiting for it.

    Each call has a clock of its own: it would lose its time to the pauses of another call.
    """

    _skipped: float = 0.0

    def monotonic(self) -> float:
        """Return the monotonic clock's seconds."""
        return time.monotonic() + self._skipped

    def utc(self) -> datetime:
        """Return the aware UTC time."""
        return datetime.now(UTC) + timedelta(seconds=self._skipped)

    def sleep(self, seconds: float) -> None:
        """Sleep a little."""
        time.sleep(self._shortened(seconds))

    async def sleep_async(self, seconds: float) -> None:
        """Sleep a little."""
        await asyncio.sleep(self._shortened(seconds))

    def _shortened(self, seconds: float) -> float:
        short = min(seconds, 0.01)
        self._skipped += seconds - short
        return short


@attrs.frozen(kw_only=True)
class Trial:
    """One fault at one stage of one provider, once or for ever."""

    dialect: str
    stage: Stage
    fault: str
    always: bool = False
    sender: Sender = "blocking"

    @property
    def name(self) -> str:
        """A name for a path."""
        how = "always" if self.always else "once"
        return f"{self.dialect}-{self.stage}-{self.fault}-{how}-{self.sender}".replace(" ", "_")

    @property
    def waits(self) -> bool:
        """Whether most of its time is spent in waiting for the server."""
        return self.fault in _SLOW

    @property
    def times(self) -> tuple[float, float]:
        """Seconds that the call and each exchange may take."""
        return _PATIENT if self.waits else _PROMPT

    @property
    def script(self) -> Script:
        """What the server does."""
        if self.fault in {"failed", "moderated"}:
            return Script(dialect=self.dialect, end=self.fault)
        times = _ALWAYS if self.always else 1
        return Script(dialect=self.dialect, stage=self.stage, fault=self.fault, times=times)


@attrs.frozen(kw_only=True)
class Verdict:
    """What came of a trial.

    Attributes:
        trial: The trial.
        outcome: ``"returned"``, or the error's class.
        seen: What the server counted before anything was resumed.
        seconds: How long the call took, with its pauses.
        resumed: Whether the job was brought home from the exception; None if there was none.
        error: The error, or None.
        stray: An exception that is none of ours, or None.
    """

    trial: Trial
    outcome: str
    seen: Seen
    seconds: float
    resumed: bool | None = None
    error: TarashException | None = None
    stray: BaseException | None = None

    @property
    def cell(self) -> str:
        """The verdict as a cell of the table."""
        words = {True: ", resumable", None: "", False: ", LOST"}[self.resumed]
        return f"{self.outcome}{words}; {len(self.seen.accepted)}"


def trials(sender: Sender = "blocking") -> Iterator[Trial]:
    """Return every trial."""
    for name, dialect in DIALECTS.items():
        for stage in dialect.stages:
            for fault in FAULTS:
                for always in (False, True):
                    yield Trial(
                        dialect=name, stage=stage, fault=fault, always=always, sender=sender
                    )
        for fault in ("failed", "moderated"):
            yield Trial(dialect=name, stage="poll", fault=fault, sender=sender)


def config_of(trial: Trial, base_url: str) -> VideoGenerationConfig:
    """Return the config of a trial."""
    dialect = DIALECTS[trial.dialect]
    timeout, exchange = trial.times
    fields: dict[str, Any] = {
        "provider": dialect.provider,
        "model": dialect.model,
        "api_key": KEY,
        "base_url": base_url,
        "timeout": timeout,
        "request_timeout": exchange,
        "poll_interval": 0.01,
        "max_poll_attempts": 25,
        "max_json_bytes": 2**20,
        "max_video_bytes": 2**24,
        **dialect.config,
    }
    return VideoGenerationConfig(**fields)


class Standstills:
    """Knows when the server's event loop, or this whole process, stood still."""

    def __init__(self) -> None:
        """Know of none yet."""
        self._ends: list[float] = []

    async def watch(self) -> None:
        """Look at the time on the server's loop, until this is cancelled."""
        last = time.monotonic()
        while True:
            await asyncio.sleep(_STILL / 10)
            now = time.monotonic()
            if now - last > _STILL:
                self._ends.append(now)
            last = now

    def any_since(self, moment: float) -> bool:
        """Tell whether there was one."""
        return any(end > moment for end in self._ends)


def hurried(effects: Effects) -> Effects:
    """Return the effects with a clock for one call that does not wait for its pauses."""
    return attrs.evolve(effects, clock=HurriedClock())


Outcome = VideoGenerationResponse | BaseException


@attrs.frozen
class Trier:
    """Makes trials against a server, and those again in which it stood still."""

    server: Running
    effects: Effects
    still: Standstills

    def blocking(self, trial: Trial) -> tuple[Outcome, float]:
        """Return what came of a trial with a blocking call, and how long it took."""
        for _ in range(_TRIES - 1):
            begun, ended = time.monotonic(), self._blocking(trial)
            if not trial.waits or not self.still.any_since(begun):
                return ended
        return self._blocking(trial)

    async def asyncio(self, trial: Trial) -> tuple[Outcome, float]:
        """Do as `blocking` does, with an asyncio call."""
        for _ in range(_TRIES - 1):
            begun, ended = time.monotonic(), await self._asyncio(trial)
            if not trial.waits or not self.still.any_since(begun):
                return ended
        return await self._asyncio(trial)

    def _blocking(self, trial: Trial) -> tuple[Outcome, float]:
        config = config_of(trial, self.server.case(trial.name, trial.script))
        effects = hurried(self.effects)
        started = effects.clock.monotonic()
        try:
            outcome: Outcome = generate_video(config, _REQUEST, effects=effects)
        except Exception as error:  # noqa: BLE001 - strays are what is looked for
            outcome = error
        return outcome, effects.clock.monotonic() - started

    async def _asyncio(self, trial: Trial) -> tuple[Outcome, float]:
        config = config_of(trial, self.server.case(trial.name, trial.script))
        effects = hurried(self.effects)
        started = effects.clock.monotonic()
        try:
            outcome: Outcome = await generate_video_async(config, _REQUEST, effects=effects)
        except Exception as error:  # noqa: BLE001 - strays are what is looked for
            outcome = error
        return outcome, effects.clock.monotonic() - started


def _judged(
    trial: Trial, server: Running, effects: Effects, outcome: Outcome, seconds: float
) -> Verdict:
    seen = attrs.evolve(server.seen(trial.name), accepted=[*server.seen(trial.name).accepted])
    if isinstance(outcome, VideoGenerationResponse):
        return Verdict(trial=trial, outcome="returned", seen=seen, seconds=seconds)
    if not isinstance(outcome, TarashException):
        return Verdict(trial=trial, outcome="stray", seen=seen, seconds=seconds, stray=outcome)
    over = outcome.attempts and outcome.attempts[-1].job_ended
    kept = None if over else outcome.generation
    return Verdict(
        trial=trial,
        outcome=type(outcome).__name__,
        seen=seen,
        seconds=seconds,
        error=outcome,
        resumed=None if kept is None else _resumes(trial, server, effects, kept),
    )


def _resumes(trial: Trial, server: Running, effects: Effects, kept: VideoGeneration) -> bool:
    """Return whether the job comes home in good weather, from its JSON."""
    case = server.state.cases[trial.name]
    case.script = Script(dialect=trial.dialect)
    config = config_of(trial, f"{server.url}/{trial.name}")
    try:
        again = VideoGeneration.from_json(kept.to_json())
        resume_video(again, config=config, effects=hurried(effects))
    except TarashException:
        return False
    return True


def run(
    server: Running, sender: Sender = "blocking", chosen: Sequence[Trial] | None = None
) -> list[Verdict]:
    """Run the chosen trials, or every one, many at a time."""
    effects = live_effects()
    if sender == "threads":
        effects = attrs.evolve(effects, async_http=None)
    if chosen is None:
        chosen = list(trials(sender))
    trier = Trier(server, effects, Standstills())
    watching = asyncio.run_coroutine_threadsafe(trier.still.watch(), server.loop)
    try:
        outcomes = _outcomes(trier, sender, chosen)
    finally:
        watching.cancel()
    with ThreadPoolExecutor(_BUSY) as pool:
        return list(
            pool.map(
                lambda both: _judged(both[0], server, effects, *both[1]),
                zip(chosen, outcomes, strict=True),
            )
        )


def _outcomes(trier: Trier, sender: Sender, chosen: Sequence[Trial]) -> list[tuple[Outcome, float]]:
    if sender != "blocking":
        return asyncio.run(_gathered(trier, chosen))
    with ThreadPoolExecutor(_BUSY) as busy, ThreadPoolExecutor(_WAITING) as waiting:
        started = [
            (waiting if trial.waits else busy).submit(trier.blocking, trial) for trial in chosen
        ]
    return [each.result() for each in started]


async def _gathered(trier: Trier, chosen: Sequence[Trial]) -> list[tuple[Outcome, float]]:
    busy, waiting = asyncio.Semaphore(_BUSY), asyncio.Semaphore(_WAITING)

    async def one(trial: Trial) -> tuple[Outcome, float]:
        async with waiting if trial.waits else busy:
            return await trier.asyncio(trial)

    return list(await asyncio.gather(*map(one, chosen)))


def table(verdicts: Sequence[Verdict]) -> str:
    """Return the verdicts as a table in Markdown; a cell names providers where they differ."""
    lines = ["| stage | fault | once | for ever |", "|---|---|---|---|"]
    places: dict[tuple[str, str], dict[bool, dict[str, list[str]]]] = {}
    for verdict in verdicts:
        trial = verdict.trial
        cells = places.setdefault((trial.stage, trial.fault), {False: {}, True: {}})
        cells[trial.always].setdefault(_words(verdict), []).append(trial.dialect)
    for (stage, fault), cells in places.items():
        lines.append(f"| {stage} | {fault} | {_cell(cells[False])} | {_cell(cells[True])} |")
    return "\n".join(lines)


def _words(verdict: Verdict) -> str:
    jobs = len(verdict.seen.accepted)
    paid = "no job" if jobs == 0 else "1 job" if jobs == 1 else f"**{jobs} jobs**"
    if verdict.outcome == "returned":
        return f"returned, {paid}"
    fate = {True: ", resumable", None: "", False: ", **lost**"}[verdict.resumed]
    return f"`{verdict.outcome}`, {paid}{fate}"


def _cell(words: dict[str, list[str]]) -> str:
    if not words:
        return "-"
    most = max(words, key=lambda word: len(words[word]))
    others = [f"{', '.join(names)}: {word}" for word, names in words.items() if word != most]
    return "; ".join([most, *others])


_DOCUMENT = Path(__file__).parents[2] / "docs" / "measured-faults.md"
_MARKED = re.compile(r"(<!-- faults -->\n).*?(\n<!-- end of faults -->)", re.DOTALL)


def documented() -> str:
    """Return the table that docs/measured-faults.md has."""
    found = _MARKED.search(_DOCUMENT.read_text(encoding="utf-8"))
    return "" if found is None else found[0].split("\n", 1)[1].rsplit("\n", 1)[0]


def main() -> None:
    """Run the matrix, print its table, and write it into docs/measured-faults.md."""
    with running() as server:
        lines = table(run(server))
    sys.stdout.write(f"{lines}\n")
    text = _DOCUMENT.read_text(encoding="utf-8")
    _DOCUMENT.write_text(_MARKED.sub(lambda m: f"{m[1]}{lines}{m[2]}", text), encoding="utf-8")


if __name__ == "__main__":
    main()
