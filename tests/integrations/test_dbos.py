"""Videos as workflows of a real DBOS on SQLite: each exchange is recorded, and nothing is twice."""

import base64
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import attrs
import pytest
from dbos import DBOS, SetWorkflowID
from dbos._error import DBOSAwaitedWorkflowCancelledError
from sqlalchemy import URL
from tests.faults.dialects import DIALECTS, VIDEO
from tests.faults.server import Running, Script, running
from tests.support.dbos_sqlite import skip_where_sqlite_is_too_old
from tests.support.patience import until

from tarash.tarash_gateway import (
    GenerationCancelledError,
    GenerationFailedError,
    SubmissionUnknownError,
    TimeoutError,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    Webhook,
    WebhookEvent,
    start_video,
)
from tarash.tarash_gateway.effects.live import SystemClock, live_effects
from tarash.tarash_gateway.effects.sqlite_journal import SqliteJournal
from tarash.tarash_gateway.integrations import dbos as workflows
from tarash.tarash_gateway.integrations.dbos_engine import _journal_at, worker
from tarash.tarash_gateway.outcome import result_of

pytestmark = pytest.mark.usefixtures("engine")

KEY = "a-key-that-no-database-may-have"
REQUEST = VideoGenerationRequest(prompt="a kite over the sea")
_names = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dbos")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[None]:
    skip_where_sqlite_is_too_old()
    DBOS(
        config={
            "name": "videos",
            "system_database_url": f"sqlite:///{folder}/engine.sqlite",
            "notification_listener_polling_interval_sec": 0.02,
            "console_log_level": "ERROR",
        }
    )
    DBOS.launch()
    DBOS.register_queue("videos", polling_interval_sec=0.05)
    workflows.configure(folder=folder / "bytes")
    yield
    DBOS.destroy()
    workflows.configure()


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FAL_KEY", "OPENAI_API_KEY", "REPLICATE_API_TOKEN", "RUNWAYML_API_SECRET"):
        monkeypatch.setenv(name, KEY)


class Case:
    """A job at the fault server, with a config that leads there and a workflow id."""

    def __init__(self, server: Running, **script: Any) -> None:
        self.id = f"order-{next(_names)}"
        self._server = server
        self._dialect = DIALECTS[script.setdefault("dialect", "fal")]
        self.url = server.case(self.id, Script(**script))

    def config(self, **changes: Any) -> VideoGenerationConfig:
        known = {
            "provider": self._dialect.provider,
            "model": self._dialect.model,
            "base_url": self.url,
            "poll_interval": 0.01,
        }
        return VideoGenerationConfig(**{**known, **changes})

    @property
    def seen(self) -> Any:
        return self._server.seen(self.id)

    @property
    def requests(self) -> int:
        return sum(self.seen.requests.values())

    def make(self, config: VideoGenerationConfig | None = None, **options: Any) -> Any:
        options.setdefault("measure", False)
        with SetWorkflowID(self.id):
            return workflows.generate_video_workflow(config or self.config(), REQUEST, **options)

    def start(self, **options: Any) -> workflows.VideoWorkflow:
        config = options.pop("config", None) or self.config()
        return workflows.start_video_workflow(
            config, REQUEST, workflow_id=self.id, measure=False, **options
        )


@pytest.mark.parametrize("dialect", ["openai", "replicate"])
def test_a_job_behind_a_lost_answer_is_found(server: Running, dialect: str) -> None:
    # Given a submission whose answer is lost, at a provider that lists its jobs.
    case = Case(server, dialect=dialect, stage="submit", fault="drop")
    # Then the workflow goes on with the job that is listed.
    assert case.make().request_id == case.seen.accepted[0]
    assert case.seen.requests["submit"] == len(case.seen.accepted) == 1


@pytest.mark.parametrize("dialect", ["fal", "runway"])
def test_a_job_that_no_list_can_tell_of_is_unknown(server: Running, dialect: str) -> None:
    # Given a submission whose answer is lost, and a list that is a day late, or none.
    case = Case(server, dialect=dialect, stage="submit", fault="drop")
    # Then the workflow says so at once, each time.
    for _ in range(2):
        with pytest.raises(SubmissionUnknownError) as caught:
            case.make()
        assert [each.state for each in caught.value.unknown] == ["unknown"]
    assert case.seen.requests["submit"] == 1


def test_a_video_is_made_once_and_then_stored(server: Running) -> None:
    # Given a workflow that made a video.
    case = Case(server, polls=2)
    first = case.make()
    assert first.video == "https://cdn.example/clip.mp4"
    assert first.request_id == first.generation.request_id == "job-1"
    asked = case.requests
    # When it is called again under the same id.
    again = case.make()
    # Then the stored answer comes back, with the job that a fresh URL is asked for with.
    assert again == first
    assert again.generation == first.generation
    assert case.requests == asked
    assert case.seen.requests["submit"] == 1


def test_each_exchange_is_a_step(server: Running) -> None:
    case = Case(server, polls=1)
    case.make()
    names = [step["function_name"] for step in DBOS.list_workflow_steps(case.id)]
    look = "tarash.check"
    steps = [name for name in names if name != "DBOS.sleep"]
    assert steps == ["tarash.submit", look, look, "tarash.deliver"]


async def test_it_runs_on_an_event_loop_as_well(server: Running) -> None:
    case = Case(server, polls=2)
    with SetWorkflowID(case.id):
        made = await workflows.generate_video_workflow_async(case.config(), REQUEST, measure=False)
    with SetWorkflowID(case.id):
        again = await workflows.generate_video_workflow_async(case.config(), REQUEST, measure=False)
    assert made == again
    assert made.request_id == "job-1"
    assert case.seen.requests["submit"] == 1


def test_a_workflow_may_run_elsewhere(server: Running) -> None:
    # Given one that a queue's workers run, of which this process is one.
    case = Case(server)
    started = case.start(queue="videos")
    assert started.workflow_id == case.id
    # Then its handle has the video, and so has a handle that only knows the id.
    assert started.result().request_id == "job-1"
    assert workflows.VideoWorkflow(case.id).result() == started.result()
    assert started.status() == "SUCCESS"
    assert workflows.VideoWorkflow("nobody").status() is None


def test_another_video_needs_another_id(server: Running) -> None:
    case = Case(server)
    case.make()
    with SetWorkflowID(case.id), pytest.raises(ValidationError, match="use another id"):
        workflows.generate_video_workflow(
            case.config(), VideoGenerationRequest(prompt="a dog"), measure=False
        )
    assert case.seen.requests["submit"] == 1


def test_a_workflow_of_the_callers_may_have_it_as_a_child(server: Running) -> None:
    case = Case(server)

    @DBOS.workflow(name=f"parent-{case.id}")
    def parent() -> str:
        config = case.config()
        return workflows.generate_video_workflow(config, REQUEST, measure=False).request_id

    with SetWorkflowID(f"parent-{case.id}"):
        assert parent() == "job-1"
    with SetWorkflowID(f"parent-{case.id}"):
        assert parent() == "job-1"
    assert case.seen.requests["submit"] == 1


@pytest.mark.parametrize("fault", ["502 html", "drop", "truncated json"])
def test_a_poll_that_fails_is_no_failure_of_the_job(server: Running, fault: str) -> None:
    case = Case(server, stage="poll", fault=fault, times=2)
    assert case.make().request_id == "job-1"
    assert case.seen.requests["submit"] == 1


def test_a_failed_job_leads_to_the_next_config(server: Running) -> None:
    # Given a chain whose first job fails after it was accepted.
    failing, good = Case(server, end="failed"), Case(server, dialect="replicate")
    config = failing.config(fallback_configs=[good.config()])
    # When its workflow runs, and is asked for again.
    made = failing.make(config)
    again = failing.make(config)
    # Then each job was submitted once, and the response says both.
    assert made == again
    assert [each.provider for each in made.execution_metadata.attempts] == ["fal", "replicate"]
    assert made.execution_metadata.attempts[0].job_ended
    assert any("was tried next" in warning for warning in made.warnings)
    assert failing.seen.requests["submit"] == good.seen.requests["submit"] == 1


def test_the_end_of_the_chain_is_the_librarys_error(server: Running) -> None:
    case, last = Case(server, end="failed"), Case(server, end="failed", dialect="replicate")
    config = case.config(fallback_configs=[last.config()])
    errors = []
    for _ in range(2):
        with pytest.raises(GenerationFailedError) as caught:
            case.make(config)
        errors.append(caught.value)
    assert errors[0] == errors[1]
    assert [each.provider for each in errors[0].attempts] == ["fal", "replicate"]
    assert case.seen.requests["submit"] == last.seen.requests["submit"] == 1


def test_fallback_on_is_obeyed(server: Running) -> None:
    case, other = Case(server, end="failed"), Case(server, dialect="replicate")
    config = case.config(fallback_configs=[other.config()], fallback_on={"rate_limit"})
    with pytest.raises(GenerationFailedError):
        case.make(config)
    assert other.seen.requests["submit"] == 0


@attrs.frozen
class _Overslept(SystemClock):
    """The machine's clock, an hour ahead once the job of a case was asked for."""

    case: Case

    def _ahead(self) -> int:
        return 3600 if self.case.seen.requests["poll"] else 0

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead()

    def utc(self) -> datetime:
        return super().utc() + timedelta(seconds=self._ahead())


@contextmanager
def _overslept(case: Case, folder: Path) -> Iterator[None]:
    effects = attrs.evolve(live_effects(), clock=_Overslept(case))
    # What is written later is found first: not in the journal of the other tests.
    journal = SqliteJournal(folder / "overslept" / case.id)
    workflows.configure(folder=folder / "bytes", effects=effects, journal=journal)
    try:
        yield
    finally:
        workflows.configure(folder=folder / "bytes")


def test_past_its_deadline_a_job_is_left_as_a_call_leaves_it(server: Running, folder: Path) -> None:
    # Given a job that never ends, and a caller who pays for a second one after a timeout.
    case, other = Case(server, polls=10**6), Case(server, dialect="replicate")
    config = case.config(timeout=600, fallback_configs=[other.config()], fallback_on={"timeout"})
    # Then it is cancelled before the next config is tried.
    with _overslept(case, folder):
        made = case.make(config)
    assert [each.cancellation for each in made.execution_metadata.attempts] == ["charged", None]
    assert case.seen.cancelled == ["job-1"]
    assert other.seen.requests["submit"] == 1


def test_past_its_deadline_the_last_job_is_named(server: Running, folder: Path) -> None:
    case = Case(server, polls=10**6)
    with _overslept(case, folder), pytest.raises(TimeoutError) as caught:
        case.make(case.config(timeout=600))
    job = caught.value.generation
    assert job is not None
    assert job.request_id == "job-1"
    assert case.seen.cancelled == []


def test_the_number_of_polls_is_limited_over_all_steps(server: Running) -> None:
    case = Case(server, polls=10**6)
    with pytest.raises(TimeoutError, match="3 polls"):
        case.make(case.config(max_poll_attempts=3))
    assert case.seen.requests["poll"] == 3


def test_a_message_ends_the_pause(server: Running) -> None:
    # Given a workflow that would poll in a minute.
    case = Case(server, polls=0)
    started = case.start(webhook=True)
    until(lambda: case.seen.accepted)
    # When a webhook names its job. One of an unknown job finds nobody, nor does another provider's.
    assert workflows.notify_workflow("job-of-nobody") is None
    entry = until(lambda: _accepted(case.id))
    job = f"{case.id}#1"
    assert workflows.notify_workflow(_event("runway", job)) is None
    for _ in range(2):
        # The second delivery of one message is dropped.
        webhook = Webhook(event=_event("fal", job), generation=entry.generation)
        assert workflows.notify_workflow(webhook) == case.id
    # Then the job is looked at, once.
    assert started.result().request_id == entry.generation.request_id
    assert case.seen.requests["poll"] == 1


def test_a_webhook_that_was_asked_for_makes_polls_rare(server: Running) -> None:
    # Given a config that asks for a webhook, at a provider that takes one.
    case = Case(server, polls=0)
    started = case.start(config=case.config(webhook_url="https://shop.example/videos"))
    entry = until(lambda: _accepted(case.id))
    # Then it is a message that leads to the first poll.
    assert case.seen.requests["poll"] == 0
    assert workflows.notify_workflow(entry.generation) == case.id
    assert started.result().request_id == "job-1"


def test_a_job_of_no_workflow_is_left_alone(server: Running) -> None:
    case = Case(server)
    job = start_video(case.config(), REQUEST, journal=worker().journal, key=f"no-{case.id}")
    assert workflows.notify_workflow(job) is None


def _event(provider: str, job: str) -> WebhookEvent:
    return WebhookEvent(provider=provider, id=f"message-{job}", request_id=job)


def _accepted(key: str) -> Any:
    journal = worker().journal
    entry = result_of(journal.entry(f"{key}#1")).unwrap()
    return entry if entry is not None and entry.state == "accepted" else None


def test_a_cancelled_workflow_stops_its_job(server: Running) -> None:
    # Given a workflow whose job runs.
    case = Case(server, polls=10**6)
    started = case.start(config=case.config(poll_interval=0.05))
    until(lambda: case.seen.requests["poll"])
    # When it is cancelled, twice.
    answers = [workflows.cancel_workflow_video(case.id) for _ in range(2)]
    # Then the job is cancelled once, and both say what may have been paid.
    assert answers == ["charged", "charged"]
    assert case.seen.cancelled == ["job-1"]
    assert started.status() == "CANCELLED"
    with pytest.raises(DBOSAwaitedWorkflowCancelledError):
        started.result()
    assert case.seen.requests["submit"] == 1


def test_what_was_cancelled_before_is_not_submitted(server: Running) -> None:
    case = Case(server)
    assert workflows.cancel_workflow_video(case.id) is None
    with pytest.raises(GenerationCancelledError, match="another workflow id"):
        case.make()
    assert case.requests == 0


def test_a_cancel_during_the_submission_reaches_its_job(server: Running) -> None:
    # Given a submission whose answer takes a while.
    case = Case(server, polls=10**6, delay=0.5)
    started = case.start()
    until(lambda: case.seen.accepted)
    # When it is cancelled before the answer is there.
    assert workflows.cancel_workflow_video(case.id) in {"charged", "confirmed"}
    # Then the job is, too.
    assert case.seen.cancelled
    assert set(case.seen.cancelled) == {"job-1"}
    assert started.status() == "CANCELLED"


def test_a_finished_video_cannot_be_cancelled(server: Running) -> None:
    case = Case(server)
    case.make()
    assert workflows.cancel_workflow_video(case.id) == "too_late"


def test_bytes_are_saved_and_never_stored(server: Running, folder: Path) -> None:
    # Given a provider that returns the video as bytes, and no place for it.
    case = Case(server, dialect="openai")
    made = case.make()
    # Then the worker's folder has it, the response says so, and the database has only the path.
    assert made.video == ""
    assert made.path.read_bytes() == VIDEO
    assert made.path.parent == folder / "bytes"
    assert any("give save_to" in warning for warning in made.warnings)
    assert VIDEO not in _everything_in(folder)


def test_a_video_is_saved_where_it_was_wanted(server: Running, tmp_path: Path) -> None:
    case = Case(server, dialect="openai")
    made = case.make(save_to=tmp_path / "kite.mp4")
    assert made.path == tmp_path / "kite.mp4"
    assert made.path.read_bytes() == VIDEO
    # Nothing is sent for a file that exists.
    other = Case(server, dialect="openai")
    with pytest.raises(ValidationError, match="exists"):
        other.make(save_to=tmp_path / "kite.mp4")
    assert other.requests == 0


def test_keys_stay_out_of_the_database(server: Running, folder: Path) -> None:
    # Given a key in the config, which no worker could know after a restart.
    case = Case(server)
    with pytest.raises(ValidationError, match="stores no credentials"):
        case.make(case.config(api_key=KEY))
    assert case.requests == 0
    # When the workers fill it in.
    workflows.configure(
        folder=folder / "bytes",
        with_keys=lambda stored: attrs.evolve(stored, api_key=KEY),
    )
    try:
        case.make(case.config(api_key=KEY))
    finally:
        workflows.configure(folder=folder / "bytes")
    # Then it was sent, and is in no file, whatever form the values have there.
    assert case.seen.keys["127.0.0.1"] == case.requests
    kept = _everything_in(folder)
    assert b"a kite over the sea" in kept
    assert KEY.encode() not in kept


def test_a_reset_of_the_engine_forgets_no_paid_job(server: Running, folder: Path) -> None:
    Case(server).make()
    journal = workflows.journal_of_engine()
    assert isinstance(journal, SqliteJournal)
    assert (folder / "engine.sqlite.videos").exists()


def test_an_engine_in_memory_has_no_journal() -> None:
    with pytest.raises(ValidationError, match="in memory"):
        _journal_at(URL.create("sqlite"))


def test_a_journal_of_the_callers_is_used(server: Running, folder: Path, tmp_path: Path) -> None:
    case, journal = Case(server), SqliteJournal(tmp_path / "own.sqlite3")
    workflows.configure(folder=folder / "bytes", journal=journal)
    try:
        case.make()
    finally:
        workflows.configure(folder=folder / "bytes")
    entry = result_of(journal.entry("job-1")).unwrap()
    assert entry is not None
    assert entry.generation.key == case.id


def test_without_dbos_the_extra_is_named() -> None:
    code = "import sys; sys.modules['dbos'] = None; import tarash.tarash_gateway.integrations.dbos"
    ran = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ran.returncode
    assert "pip install '.[dbos]'" in ran.stderr


def _everything_in(folder: Path) -> bytes:
    """Return the bytes of all files, and what every text of their tables says in base64."""
    found = []
    for path in (each for each in folder.rglob("*.sqlite*") if each.is_file()):
        found.append(path.read_bytes())
        if path.suffix in {".sqlite", ".videos"}:
            found.extend(_decoded(path))
    return b"\n".join(found)


def _decoded(path: Path) -> Iterator[bytes]:
    with closing(sqlite3.connect(path)) as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (table,) in connection.execute(names).fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - its own name
                for value in row:
                    try:
                        yield base64.b64decode(value, validate=True)
                    except (ValueError, TypeError):
                        continue
