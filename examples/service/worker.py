"""A worker: makes the videos that wait in the queue, and goes on with those it left."""

import signal
import threading

from dbos import DBOS

from tarash.tarash_gateway import PostgresJournal

from . import engine, orphans
from .settings import Settings


def main() -> None:
    """Work until the process is told to end."""
    orphans.end_with_parent()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = Settings.of()
    with PostgresJournal(settings.database_url) as journal:
        engine.launch(settings, journal, works=True)
        try:
            stop.wait()
        finally:
            # Jobs are left as they stand: they go on when a worker of this name starts again.
            DBOS.destroy()


if __name__ == "__main__":
    main()
