"""What a workflow on DBOS works with: the settings of this process, and DBOS as an engine."""

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs
from returns.io import IOFailure, IOSuccess
from returns.result import Failure, Success

from ..values.extras import how_to_install

try:
    from dbos import DBOS as DBOS
    from dbos import SetWorkflowID as SetWorkflowID
    from dbos import StepOptions
    from dbos import WorkflowHandle as WorkflowHandle
    from dbos._dbos import _get_dbos_instance
    from dbos._error import DBOSNonExistentWorkflowError as DBOSNonExistentWorkflowError
except ModuleNotFoundError as error:
    message = (
        f"workflows on DBOS need {error.name}, which is not installed: {how_to_install('dbos')}"
    )
    raise ModuleNotFoundError(message, name=error.name) from error

from .. import _later
from ..effects import Effects
from ..effects.journal import Journal
from ..exceptions import TarashException, ValidationError
from ..outcome import IOOutcome, Outcome, nothing, result_of, settle
from ..providers.base import Provider
from ..running.tasks import Task, begin
from .orders import Order, Stored, WithKeys, error_out
from .story import Do
from .worker import Worker

if TYPE_CHECKING:
    from sqlalchemy import URL

    from ..effects import postgres_journal, sqlite_journal
else:
    # A program uses one of the two.
    postgres_journal, sqlite_journal = _later.modules(
        __package__, "..effects.postgres_journal", "..effects.sqlite_journal"
    )

# The topic of the messages that tell a workflow to look at its job.
TOPIC: Final = "tarash.video"


@attrs.define
class Settings:
    """What `configure` was given in this process."""

    journal: Journal | None = None
    effects: Effects | None = None
    providers: Mapping[str, Provider] | None = None
    with_keys: WithKeys | None = None
    folder: Path = Path("tarash-videos")


SETTINGS: Final = Settings()


def configure(
    *,
    journal: Journal | None = None,
    effects: Effects | None = None,
    providers: Mapping[str, Provider] | None = None,
    with_keys: WithKeys | None = None,
    folder: str | os.PathLike[str] = "tarash-videos",
) -> None:
    """Say what the workflows of this process work with; every worker has to say the same.

    Call it before ``DBOS.launch()``, which goes on with the workflows of earlier processes.

    Args:
        journal: Where submission keys are remembered; by default that of `journal_of_engine`.
        effects: The effects; by default those of this process.
        providers: Further providers by name.
        with_keys: Returns a config with its keys, where these are not in the environment. It gets
            what was stored: a whole chain, or one config of it.
        folder: Where a video is saved that comes as bytes to a workflow without ``save_to``.
    """
    SETTINGS.journal, SETTINGS.effects, SETTINGS.providers = journal, effects, providers
    SETTINGS.with_keys, SETTINGS.folder = with_keys, Path(folder)


def journal_of_engine() -> Journal:
    """Return the journal that belongs to DBOS's system database; DBOS has to be launched.

    On PostgreSQL it is a schema of its own in the same database. On SQLite it is a file beside
    DBOS's: ``shop.sqlite`` has ``shop.sqlite.videos``. It is not the same file, because whoever
    resets DBOS empties all tables there, and a paid job would be forgotten.

    Raises:
        ValidationError: The database is in memory only, where no journal can outlive the process.
    """
    # DBOS tells nobody its database, which may be an engine of the caller's, a default or a URL.
    return _journal_at(_get_dbos_instance()._sys_db.engine.url)  # noqa: SLF001


@lru_cache(maxsize=1)
def _journal_at(url: "URL") -> Journal:
    # One for all steps of a process: that of PostgreSQL has connections.
    if url.get_backend_name() != "sqlite":
        # The driver is SQLAlchemy's affair.
        plain = url.set(drivername="postgresql")
        return postgres_journal.PostgresJournal(plain.render_as_string(hide_password=False))
    if url.database in {None, "", ":memory:"}:
        message = (
            "DBOS keeps its database in memory, and a journal has to outlive the process: give "
            "DBOS a file or a PostgreSQL server, or configure(journal=...)"
        )
        raise ValidationError(message)
    return sqlite_journal.SqliteJournal(Path(f"{url.database}.videos").absolute())


def worker() -> Worker:
    """Return what the steps of this process work with."""
    own = SETTINGS.journal
    return Worker(
        journal=journal_of_engine() if own is None else own,
        effects=SETTINGS.effects,
        providers=SETTINGS.providers,
        with_keys=SETTINGS.with_keys,
        folder=SETTINGS.folder,
    )


class Recorded:
    """The workflow of DBOS that runs in this context, as an engine."""

    def __init__(self, stored: Stored) -> None:
        """Read the order, which DBOS stored as it is."""
        self.order, self.key = Order.of(stored), DBOS.workflow_id or ""

    def step(self, what: Do) -> Task[Stored]:
        """Return a step of DBOS, which it never repeats by itself: see `Engine`."""
        options: StepOptions = {"name": f"tarash.{what.step}", "retries_allowed": False}

        def work() -> Stored:
            return _storable(result_of(self._task(what).block()))

        async def work_async() -> Stored:
            return _storable(await begin(lambda: self._task(what)))

        def block() -> IOOutcome[Stored]:
            try:
                return IOSuccess(DBOS.run_step(options, work))
            except TarashException as error:
                return IOFailure(error)

        async def start() -> Outcome[Stored]:
            try:
                return Success(await DBOS.run_step_async(options, work_async))
            except TarashException as error:
                return Failure(error)

        return Task(block, start)

    def _task(self, what: Do) -> Task[Stored]:
        return worker().task(self.key, self.order, what)

    def rest(self, seconds: float) -> Task[None]:
        """Return a durable sleep, or the waiting for a message: see `Engine`."""

        def block() -> IOOutcome[None]:
            if self.order.listens and seconds > 0:
                DBOS.recv(TOPIC, seconds)
            else:
                DBOS.sleep(seconds)
            return nothing()

        async def start() -> Outcome[None]:
            if self.order.listens and seconds > 0:
                await DBOS.recv_async(TOPIC, seconds)
            else:
                await DBOS.sleep_async(seconds)
            return Success(None)

        return Task(block, start)

    def named(self, done: Stored) -> Stored:
        """Return the result with what tells its order from another one."""
        return {**done, "order": self.order.digest}


def _storable(outcome: Outcome[Stored]) -> Stored:
    return settle(outcome.alt(error_out))
