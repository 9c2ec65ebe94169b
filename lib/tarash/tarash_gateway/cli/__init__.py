"""The command line: ``tarash``. Needs the extra ``cli``."""

import sys
from importlib.util import find_spec

_MISSING = 2


def main() -> None:
    """Run the command line, or say what it needs."""
    if any(find_spec(name) is None for name in ("typer", "rich", "platformdirs")):
        sys.stderr.write("error: the command line needs: pip install 'tarash-gateway[cli]'\n")
        sys.exit(_MISSING)
    from .app import run  # noqa: PLC0415 - the extra is optional

    run()
