"""One measurement in a process of its own, so that none finds what another left behind.

python -m benchmarks.worker TASK ARGUMENTS-AS-JSON
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from . import batch, capacity, cpu, memory, planning, waiting
from .machine import raise_file_limit
from .measuring import last_word
from .serving import WorkerError

TASKS: Final[Mapping[str, Callable[..., Mapping[str, Any]]]] = {
    "batch": batch.task,
    "capacity": capacity.task,
    "cpu": cpu.task,
    "memory": memory.task,
    "planning": planning.task,
    "waiting": waiting.task,
}


def main() -> None:
    """Run the task that the arguments name."""
    raise_file_limit()
    _, task, arguments = sys.argv
    try:
        found = TASKS[task](**json.loads(arguments))
    except WorkerError as error:
        sys.exit(str(error))
    last_word(found)


if __name__ == "__main__":
    main()
