"""Run a page as its reader would: its blocks from top to bottom, in a folder of its own."""

import asyncio
import csv
import inspect
import io
import json
import linecache
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

import attrs
import pytest
import yaml
from tests.support.pages import shells
from tests.support.pages.blocks import ROOT, Block, blocks_of, text_of
from tests.support.pages.clips import input_files
from tests.support.pages.world import World

from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.disk import SystemDisk
from tarash.tarash_gateway.effects.live import RandomIds, SystemEnvironment, SystemFiles
from tarash.tarash_gateway.testing import default_effects, fake_effects

_AWAIT: Final = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_TESTS: Final = re.compile(r"^ *(?:async )?def test_\w+\(", re.MULTILINE)
_DIAGRAMS: Final = ("flowchart ", "sequenceDiagram", "stateDiagram-v2")
KEYS: Final = {
    "FAL_KEY": "fal-id:fal-secret",
    "OPENAI_API_KEY": "sk-key",
    "AZURE_OPENAI_API_KEY": "azure-key",
    "AZURE_OPENAI_ENDPOINT": "https://my-resource.openai.azure.com",
    "RUNWAYML_API_SECRET": "runway-key",
    "REPLICATE_API_TOKEN": "r8_token",
    "GEMINI_API_KEY": "gemini-key",
    "GOOGLE_CLOUD_PROJECT": "my-project",
    "GOOGLE_CLOUD_LOCATION": "us-central1",
    "REPLICATE_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "OPENAI_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "GEMINI_WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}


class BlockError(AssertionError):
    """A block that does not do what a block of its language must."""


@attrs.define(eq=False)
class Page:
    """A page that runs.

    Attributes:
        name: Its path below the repository.
        module: Its namespace.
        ran: The blocks that ran or were checked.
    """

    name: str
    module: ModuleType
    runner: asyncio.Runner
    ran: list[Block] = attrs.field(factory=list)
    _told: str = attrs.field(default="", init=False)

    def run(self, block: Block) -> None:
        """Run or check a block.

        Raises:
            BlockError: It does not do what it must.
        """
        check = CHECKS.get(block.language)
        if check is None:
            known = ", ".join(sorted(CHECKS))
            message = f"no block has the language {block.language!r}: use one of {known}"
            raise BlockError(message)
        if block.file is not None:
            path = Path(block.file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.content, encoding="utf-8")
        self._told = check(self, block, self._told)
        self.ran.append(block)


def _python(page: Page, block: Block, _told: str) -> str:
    if _TESTS.search(block.code):
        return _pytest(block)
    # The reader's own lines stand in a traceback.
    source = "\n" * block.line + block.code
    lines = source.splitlines(keepends=True)
    linecache.cache[str(ROOT / page.name)] = (len(source), None, lines, str(ROOT / page.name))
    code = compile(source, str(ROOT / page.name), "exec", flags=_AWAIT, dont_inherit=True)
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with redirect_stdout(out):
        _execute(page, code)
    out.seek(0)
    return out.read()


def _execute(page: Page, code: CodeType) -> None:
    result = eval(code, page.module.__dict__)  # noqa: S307 - our own page
    if code.co_flags & inspect.CO_COROUTINE:
        page.runner.run(result)


def _pytest(block: Block) -> str:
    """Run the tests of a block as its reader would, in a process of their own."""
    path = Path(block.file or "test_page.py")
    path.write_text("\n" * block.line + block.code, encoding="utf-8")
    plugins = ("no:cacheprovider", "no:xdist", "tests.support.pages.stage")
    command = [sys.executable, "-m", "pytest", "-q", *(f"-p{name}" for name in plugins)]
    places = os.pathsep.join([str(ROOT / "lib"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    ran = subprocess.run(  # noqa: S603 - our own page
        [*command, f"--rootdir={Path.cwd()}", "-c", os.devnull, str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": places},
    )
    if ran.returncode:
        message = f"pytest failed:\n{ran.stdout}{ran.stderr}"
        raise BlockError(message)
    return ran.stdout


def _shell(_page: Page, block: Block, _told: str) -> str:
    if error := shells.syntax_error(block.code):
        raise BlockError(error)
    told = []
    for line, command in shells.commands(block.code):
        if shells.runs_here(command):
            code, out, errors = shells.run(command)
            if code:
                place = f"{block.page}:{block.line + 1 + line}"
                message = f"{place}: {command} ended with {code}:\n{out}{errors}"
                raise BlockError(message)
            told.append(out)
    return "".join(told)


def _output(_page: Page, block: Block, told: str) -> str:
    if not block.after:
        message = "text must follow the block whose output it is, with nothing between them"
        raise BlockError(message)
    pattern = re.escape(_even(block.code)).replace(re.escape("..."), ".*?")
    if not re.fullmatch(pattern, _even(told), re.DOTALL):
        message = f"the block before printed\n{told}\nand not\n{block.code}"
        raise BlockError(message)
    return ""


def _even(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _diagram(_page: Page, block: Block, _told: str) -> str:
    kind = block.code.lstrip().partition("\n")[0]
    if not kind.startswith(_DIAGRAMS) or "-->" not in block.code:
        message = f"{kind!r} begins no diagram of Mermaid"
        raise BlockError(message)
    return ""


def _table(_page: Page, block: Block, _told: str) -> str:
    rows = list(csv.reader(io.StringIO(block.content), strict=True))
    if len({len(row) for row in rows}) != 1:
        message = "its rows differ in length"
        raise BlockError(message)
    return ""


def _read(read: Callable[[str], object]) -> "Check":
    def check(_page: Page, block: Block, _told: str) -> str:
        read(block.content)
        return ""

    return check


# A check is given what the block before printed, and returns what its own block prints.
Check = Callable[[Page, Block, str], str]
CHECKS: Final[Mapping[str, Check]] = {
    "python": _python,
    "sh": _shell,
    "text": _output,
    "json": _read(json.loads),
    "toml": _read(tomllib.loads),
    "yaml": _read(yaml.safe_load),
    "csv": _table,
    "mermaid": _diagram,
}


def effects_of(world: World) -> Effects:
    """Return the effects of a page: simulated providers and a clock, real files and variables."""
    fakes = fake_effects(http=world, clock=world.clock)
    return attrs.evolve(
        fakes,
        ids=RandomIds(),
        environment=SystemEnvironment(),
        files=SystemFiles(),
        disk=SystemDisk(),
    )


@contextmanager
def opened(name: str, folder: Path) -> Iterator[Page]:
    """Yield a page in an empty folder, before its first block."""
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in KEYS.items():
            patch.setenv(variable, value)
        patch.setenv("TARASH_JOURNAL", str(folder / "journal.sqlite3"))
        here = folder / "here"
        here.mkdir()
        for file, content in input_files().items():
            here.joinpath(file).write_bytes(content)
        patch.chdir(here)
        patch.syspath_prepend(str(here))
        module = ModuleType("__main__")
        patch.setitem(sys.modules, "__main__", module)
        patch.setattr(sys, "argv", [name])
        with default_effects(effects_of(World())), asyncio.Runner() as runner:
            yield Page(name=name, module=module, runner=runner)


def run_page(name: str, folder: Path) -> dict[str, Any]:
    """Run all blocks of a page, and return its namespace."""
    with opened(name, folder) as page:
        for block in blocks_of(name, text_of(name)):
            try:
                page.run(block)
            except Exception as error:
                error.add_note(f"the {block.language} block at {block.place}")
                raise
        return dict(page.module.__dict__)
