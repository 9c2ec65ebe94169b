"""Unknown submissions are looked up at a real server, which knows the truth."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.support import patience

from tarash.tarash_gateway import (
    JobInUseError,
    Reconciliation,
    SqliteJournal,
    SubmissionUnknownError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    generate_video,
    pending_videos,
    reconcile_video,
    reconcile_video_async,
    resume_video,
)
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import live_effects

from .dialects import DIALECTS
from .server import Running, Script, running

# As many kills as a run of CI has time for; more for whoever looks for trouble.
_KILLS = int(os.environ.get("TARASH_KILLS", "10"))
_DAY = 86_400.0
_REQUEST = VideoGenerationRequest(prompt="a kite", duration_seconds=8)
_KINDS = ("fal", "replicate", "openai")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@attrs.define(slots=False)
class _Later:
    """The real clock, some seconds ahead."""

    seconds: float
    real: Any = attrs.field(factory=lambda: live_effects().clock)

    def utc(self) -> datetime:
        now: datetime = self.real.utc()
        return now + timedelta(seconds=self.seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def _later(seconds: float) -> Effects:
    return attrs.evolve(live_effects(), clock=_Later(seconds))


def _config(url: str, dialect: str, **more: Any) -> VideoGenerationConfig:
    spoken = DIALECTS[dialect]
    return VideoGenerationConfig(
        provider=spoken.provider,
        model=spoken.model,
        api_key="k",
        base_url=url,
        poll_interval=0.05,
        timeout=600,
        request_timeout=patience.LIMIT,
        **more,
    )


def _lost(
    url: str, dialect: str, journal: SqliteJournal | None = None, key: str | None = None
) -> SubmissionUnknownError:
    with pytest.raises(SubmissionUnknownError) as caught:
        generate_video(_config(url, dialect), _REQUEST, journal=journal, key=key, measure=False)
    return caught.value


@pytest.mark.parametrize("dialect", _KINDS)
def test_a_job_behind_a_lost_answer_is_found_without_a_journal(
    server: Running, dialect: str
) -> None:
    # given a job that was accepted, whose acceptance was lost
    name = f"rec-found-{dialect}"
    script = Script(dialect=dialect, stage="submit", fault="drop", later=_DAY)
    error = _lost(server.case(name, script), dialect)
    # when the provider is asked for it with what the error has
    (entry,) = error.unknown
    answer = reconcile_video(entry, effects=_later(_DAY))
    # then it is found, and its video fetched
    assert answer.state == "found", answer.reason
    assert answer.generation is not None
    done = resume_video(answer.generation, measure=False)
    seen = server.seen(name)
    assert [done.request_id] == seen.accepted
    assert seen.requests["submit"] == 1


@pytest.mark.parametrize("dialect", _KINDS)
async def test_a_job_that_is_found_is_written_down_and_its_key_goes_on(
    server: Running, dialect: str, tmp_path: Path
) -> None:
    name = f"rec-key-{dialect}"
    script = Script(dialect=dialect, stage="submit", fault="drop", later=_DAY)
    url, journal = server.case(name, script), SqliteJournal(tmp_path / "journal.sqlite3")
    config = _config(url, dialect)
    _lost(url, dialect, journal, "clip")
    (entry,) = pending_videos(journal)
    answer = await reconcile_video_async(
        entry, config=config, journal=journal, effects=_later(_DAY)
    )
    assert answer.state == "found", answer.reason
    # and a second look says the same, by the journal alone
    assert reconcile_video(entry, journal=journal).generation == answer.generation
    done = generate_video(config, _REQUEST, journal=journal, key="clip", measure=False)
    assert [done.request_id] == server.seen(name).accepted
    assert server.seen(name).requests["submit"] == 1


@pytest.mark.parametrize("dialect", ["fal", "replicate"])
def test_without_a_job_the_key_is_sent_again_only_by_the_caller_s_word(
    server: Running, dialect: str, tmp_path: Path
) -> None:
    # given a submission that was answered with a failure, and made no job
    name = f"rec-none-{dialect}"
    script = Script(dialect=dialect, stage="submit", fault="500", times=1, later=2 * _DAY)
    url, journal = server.case(name, script), SqliteJournal(tmp_path / "journal.sqlite3")
    _lost(url, dialect, journal, "clip")
    server.state.cases[name].taken.clear()
    server.seen(name).accepted.clear()
    (entry,) = pending_videos(journal)
    config = _config(url, dialect)
    # when the list says that there is none
    answer = reconcile_video(entry, config=config, journal=journal, effects=_later(2 * _DAY))
    assert answer.state == "none", answer.reason
    # then nothing is sent as long as the caller does not say so
    with pytest.raises(SubmissionUnknownError):
        generate_video(config, _REQUEST, journal=journal, key="clip", measure=False)
    closed = reconcile_video(
        entry, config=config, journal=journal, forget=True, effects=_later(2 * _DAY)
    )
    assert closed.state == "none"
    done = generate_video(config, _REQUEST, journal=journal, key="clip", measure=False)
    assert [done.request_id] == server.seen(name).accepted


def test_two_equal_submissions_and_one_job_cannot_be_told_apart(
    server: Running, tmp_path: Path
) -> None:
    name = "rec-rivals"
    script = Script(dialect="replicate", stage="submit", fault="drop", times=2, later=3600.0)
    url, journal = server.case(name, script), SqliteJournal(tmp_path / "journal.sqlite3")
    config = _config(url, "replicate")
    for key in ("one", "two"):
        _lost(url, "replicate", journal, key)
    del server.state.cases[name].taken[1]
    answers = [
        reconcile_video(entry, config=config, journal=journal, effects=_later(3600.0))
        for entry in pending_videos(journal)
    ]
    assert [answer.state for answer in answers] == ["cannot_tell"] * 2
    job = server.seen(name).accepted[0]
    assert [[one.id for one in answer.candidates] for answer in answers] == [[job]] * 2
    # the caller may decide, and the other one is then told apart
    first, second = pending_videos(journal)
    assert reconcile_video(first, journal=journal, job=job).state == "found"
    with pytest.raises(ValidationError, match="another entry"):
        reconcile_video(second, journal=journal, job=job)
    rest = reconcile_video(second, config=config, journal=journal, effects=_later(3600.0))
    assert rest.state == "none"


def test_a_call_that_still_runs_is_left_alone(server: Running, tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    url = server.case("rec-in-use", Script(dialect="fal", stage="submit", fault="drop"))
    error = _lost(url, "fal", journal)
    (entry,) = error.unknown
    now = datetime.fromisoformat("2026-01-01T00:00:00+00:00") + timedelta(days=10_000)
    journal.claim(entry, owner="other", now=now, until=now + timedelta(hours=1))
    with pytest.raises(JobInUseError):
        reconcile_video(entry, journal=journal)


def test_a_server_without_a_list_tells_nothing(server: Running) -> None:
    script = Script(dialect="runway", stage="submit", fault="drop")
    error = _lost(server.case("rec-runway", script), "runway")
    answer = reconcile_video(error.unknown[0])
    assert (answer.state, "no list of jobs" in answer.reason) == ("cannot_tell", True)


@pytest.mark.parametrize("fault", ["404", "401", "200 html", "truncated json"])
def test_a_list_that_cannot_be_read_tells_nothing(server: Running, fault: str) -> None:
    name = f"rec-{fault}"
    url = server.case(name, Script(dialect="fal", stage="submit", fault="drop"))
    error = _lost(url, "fal")
    server.state.cases[name].script = Script(dialect="fal", stage="list", fault=fault, times=9)
    answer = reconcile_video(error.unknown[0])
    assert answer.state == "cannot_tell"
    assert "does not show its list" in answer.reason


_CALLER = """
import sys
from tarash.tarash_gateway import *
url, journal, key, provider, model = sys.argv[1:]
config = VideoGenerationConfig(
    provider=provider, model=model, api_key="k", base_url=url, poll_interval=0.05, timeout=600
)
request = VideoGenerationRequest(prompt=key, duration_seconds=8)
sys.stdin.readline()
done = generate_video(
    config, request, journal=SqliteJournal(journal), key=key, measure=False
)
print(done.request_id, flush=True)
"""


def _killed(server: Running, name: str, path: Path, dialect: str, dice: random.Random) -> None:
    """Run a call in a process of its own, and kill it at a random moment."""
    spoken = DIALECTS[dialect]
    arguments = [f"{server.url}/{name}", str(path), name, spoken.provider, spoken.model]
    with subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-c", _CALLER, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as caller:
        assert caller.stdin is not None
        caller.stdin.write("\n")
        caller.stdin.flush()
        seen = server.seen(name)
        wanted = 1 if server.state.cases[name].script.held == 0 else dice.randrange(0, 4)
        while sum(seen.requests.values()) < wanted and caller.poll() is None:
            time.sleep(0.001)
        time.sleep(dice.random() * 0.1)
        with suppress(ProcessLookupError):
            os.kill(caller.pid, signal.SIGKILL)
        caller.communicate()
    server.let_go(name)


def _go_on(server: Running, name: str, path: Path, dialect: str) -> VideoGenerationResponse:
    config = _config(f"{server.url}/{name}", dialect)
    request = VideoGenerationRequest(prompt=name, duration_seconds=8)
    return generate_video(config, request, journal=SqliteJournal(path), key=name, measure=False)


def _look(server: Running, name: str, path: Path, dialect: str) -> Reconciliation | None:
    """Return the answer about the submission of a key, or None if nothing is unknown."""
    journal = SqliteJournal(path)
    for entry in pending_videos(journal):
        if entry.generation.key == name and entry.state == "unknown":
            return reconcile_video(
                entry,
                config=_config(f"{server.url}/{name}", dialect),
                journal=journal,
                forget=True,
                effects=_later(2 * _DAY),
            )
    return None


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_a_killed_submission_is_found_or_not_rightly_and_its_key_pays_once(
    server: Running, tmp_path: Path
) -> None:
    path, answers = tmp_path / "journal.sqlite3", []
    for number in range(_KILLS):
        # Given a process that is killed at a random moment after it began.
        dice, dialect = random.Random(number), ("fal", "replicate")[number % 2]
        name = f"rec-kill-{number}"
        # The first one surely dies between the acceptance and its answer.
        script = Script(dialect=dialect, polls=2, delay=0.05, later=2 * _DAY)
        server.case(name, script if number else attrs.evolve(script, held=0))
        _killed(server, name, path, dialect, dice)
        # When the provider's list is read, much later.
        answer = _look(server, name, path, dialect)
        truth = tuple(server.seen(name).accepted)
        # Then what it says is the truth.
        if answer is not None:
            answers.append(answer.state)
            expected = "found" if truth else "none"
            assert answer.state == expected, answer.reason
            assert answer.generation is None or (answer.generation.request_id,) == truth
        # And the key goes on to the video of the one job.
        done = _go_on(server, name, path, dialect)
        assert [done.request_id] == server.seen(name).accepted
    assert answers
