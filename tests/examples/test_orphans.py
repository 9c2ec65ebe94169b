"""A process of the example service ends in order, whether its parent is there or not."""

import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_END = """
import select
from examples.service.orphans import end_with_parent
select.select([0], [], [])
end_with_parent()
while select.select([0], [], [], 0)[0]:
    pass
"""
_GO_ON = """
import threading
from examples.service.orphans import end_with_parent
end_with_parent()
threading.Event().wait()
"""


def _process(program: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_process_that_watches_its_parent_can_end_by_itself() -> None:
    # given a process that watches its input: it has read what came, and waits for more
    with _process(_END) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write("x")
        process.stdin.flush()
        # when it comes to its end, and its parent stays
        code = process.wait(60)
        # then the thread that waits for the input does not disturb it
        assert (code, process.stderr.read()) == (0, "")


def test_a_process_whose_parent_has_gone_is_ended() -> None:
    # given a process that goes on for ever
    with _process(_GO_ON) as process:
        # when its input is closed, as it is when the parent has ended
        process.communicate(timeout=60)
        # then it ends by SIGTERM
        assert process.returncode == -signal.SIGTERM
