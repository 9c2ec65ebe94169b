"""End a process when the one that started it has ended, also where that one was killed."""

import os
import signal
import sys
import threading


def end_with_parent() -> None:
    """Watch the input, which only the parent holds open."""

    def watch() -> None:
        # Without Python's buffer, whose lock a thread that reads would still hold when the
        # interpreter ends.
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
