"""The command line ``tarash``, which needs the extra ``cli``."""

import os
import sys
from importlib.util import find_spec
from typing import Final

from ..values.extras import how_to_install
from .exits import INTERRUPTED, USAGE

# The variable by which a shell asks for completions.
_COMPLETES: Final = "_TARASH_COMPLETE"


def main() -> None:
    """Run the command line, or print how to install what it needs."""
    missing = [name for name in ("typer", "rich", "platformdirs") if find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"error: the command line needs {', '.join(missing)}: {how_to_install('cli')}\n"
        )
        sys.exit(USAGE)
    try:
        from .app import run  # noqa: PLC0415 - the extra is optional

        run()
    except KeyboardInterrupt:
        # Loading takes a moment, in which nothing has begun. A completion says nothing: it would
        # stand in the middle of the command that is typed.
        if _COMPLETES not in os.environ:
            sys.stderr.write("error: interrupted\n")
        sys.exit(INTERRUPTED)
