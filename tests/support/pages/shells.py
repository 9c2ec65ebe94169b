"""The shell blocks of a page: bash checks all of them, and runs the lines with ``tarash``.

The command is a function there, which hands its arguments to this process, so that it meets the
simulated providers and their jobs; pipes, redirections, quotes and variables are bash's own.
"""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Final

import pytest

from tarash.tarash_gateway import cli

_BASH: Final = shutil.which("bash") or "bash"
_STAGE: Final = textwrap.dedent("""
    set -euo pipefail
    tarash() {
        local call code
        call=$(mktemp -d "$STAGE/call-XXXXXX")
        printf '%s\\0' "$@" > "$call/arguments"
        env -0 > "$call/environment"
        cat > "$call/input"
        mkfifo "$call/done"
        echo "$call" > "$STAGE/calls"
        read -r code < "$call/done"
        cat "$call/output"
        cat "$call/errors" >&2
        return "$code"
    }
""")
# The command at the beginning of a line, behind variables, a pipe or another operator.
_COMMAND: Final = re.compile(
    r"(?:^|[|;&(!]|\b(?:do|then|else|if|while|until|time)\b)\s*(?:\w+=\S*\s+)*tarash(?:\s|$)",
    re.MULTILINE,
)


def syntax_error(code: str) -> str:
    """Return what bash says against a text, or nothing."""
    ran = subprocess.run(  # noqa: S603 - our own page
        [_BASH, "-n"], input=code, capture_output=True, text=True, check=False
    )
    return ran.stderr or ("" if ran.returncode == 0 else f"bash -n: {ran.returncode}")


def commands(code: str) -> Iterator[tuple[int, str]]:
    """Yield each command with the number of its first line, from 0; a loop is one command."""
    lines, start = code.split("\n"), 0
    while start < len(lines):
        end = start + 1
        while end < len(lines) and (
            lines[end - 1].endswith("\\") or syntax_error("\n".join(lines[start:end]))
        ):
            end += 1
        text = "\n".join(lines[start:end])
        if text.strip() and not text.lstrip().startswith("#"):
            yield start, text
        start = end


def runs_here(command: str) -> bool:
    """Tell whether a command has ``tarash`` in it, or prepares what such a command needs."""
    return _COMMAND.search(command) is not None or command.startswith("mkdir ")


def exported(command: str) -> dict[str, str]:
    """Return the variables that an ``export`` sets for what stands below it on the page."""
    if not command.startswith("export "):
        return {}
    ran = subprocess.run(  # noqa: S603 - our own page
        [_BASH, "-c", f"set -eu\n{command}\nenv -0"], capture_output=True, text=True, check=True
    )
    found = dict(each.split("=", 1) for each in ran.stdout.split("\0") if "=" in each)
    own = {"_", "PWD", "OLDPWD", "SHLVL"}
    return {k: v for k, v in found.items() if k not in own and os.environ.get(k) != v}


def run(command: str) -> tuple[int, str, str]:
    """Run a command with ``tarash`` in it, in this folder; return its code and its outputs."""
    with tempfile.TemporaryDirectory() as stage:
        calls = Path(stage, "calls")
        os.mkfifo(calls)
        # Open for both, so that it never ends between two calls.
        pipe = os.open(calls, os.O_RDWR)
        out, errors = Path(stage, "out"), Path(stage, "errors")
        with out.open("wb") as to, errors.open("wb") as to_errors:
            process = subprocess.Popen(  # noqa: S603 - our own page
                [_BASH, "-c", f"{_STAGE}\n{command}"],
                stdin=subprocess.DEVNULL,
                stdout=to,
                stderr=to_errors,
                env={**os.environ, "STAGE": stage},
                start_new_session=True,
            )
            try:
                while process.poll() is None:
                    if select.select([pipe], [], [], 0.02)[0]:
                        for call in os.read(pipe, 1 << 16).decode().split():
                            _answer(Path(call))
            finally:
                if process.poll() is None:
                    # The command line raised: bash waits for its answer in vain.
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                os.close(pipe)
        return process.returncode, out.read_text(), errors.read_text()


def _answer(call: Path) -> None:
    arguments = call.joinpath("arguments").read_bytes().decode().split("\0")[:-1]
    variables = call.joinpath("environment").read_bytes().decode().split("\0")[:-1]
    out, errors = TextIOWrapper(BytesIO(), "utf-8"), TextIOWrapper(BytesIO(), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, _, value in (variable.partition("=") for variable in variables):
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["tarash", *arguments])
        content = call.joinpath("input").read_bytes()
        patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(content), "utf-8"))
        with redirect_stdout(out), redirect_stderr(errors):
            code = _code()
    for stream, name in ((out, "output"), (errors, "errors")):
        stream.flush()
        buffer = stream.buffer
        assert isinstance(buffer, BytesIO)
        call.joinpath(name).write_bytes(buffer.getvalue())
    call.joinpath("done").write_text(f"{code}\n")


def _code() -> int:
    try:
        cli.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0
