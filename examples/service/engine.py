"""The engine and the journal, the same in every process of the service."""

from typing import Final

from dbos import DBOS

from tarash.tarash_gateway import PostgresJournal
from tarash.tarash_gateway.integrations.dbos import configure

from .settings import Settings

QUEUE: Final = "videos"
# A worker waits for many jobs at once: waiting costs a sleeping thread.
_AT_ONCE: Final = 20


def launch(settings: Settings, journal: PostgresJournal, *, works: bool) -> None:
    """Launch the engine.

    Args:
        settings: The service's settings.
        journal: The journal, which is in the same database.
        works: Whether this process makes videos, or only asks for them.
    """
    DBOS(
        config={
            "name": "videos",
            "system_database_url": settings.database_url,
            # All processes run the same program. By default a change of the program is another
            # version, which leaves the jobs of the version before alone.
            "application_version": "1",
            "log_level": "WARNING",
        }
    )
    configure(journal=journal)
    DBOS.listen_queues([QUEUE] if works else [])
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=_AT_ONCE)
