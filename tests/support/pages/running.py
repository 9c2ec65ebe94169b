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
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

import attrs
import pytest
import yaml
from tests.support import architecture
from tests.support.pages import shells
from tests.support.pages.blocks import ROOT, Block, blocks_of, text_of
from tests.support.pages.clips import input_files
from tests.support.pages.needs import met
from tests.support.pages.world import World

from tarash.tarash_gateway import registry
from tarash.tarash_gateway.testing import default_effects

_AWAIT: Final = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_TESTS: Final = re.compile(r"^ *(?:async )?def test_\w+\(", re.MULTILINE)
# Of the other plugins that happen to be installed here, some take a second to load.
_PLUGINS: Final = (
    "no:cacheprovider",
    *(f"no:{name}" for name in ("anyio", "celery", "hypothesispytest", "pytest_cov", "xdist")),
    "tests.support.pages.stage",
)
# What stands before the name of a file that is written.
_SAVES: Final = re.compile(r"""(save_to=|save_video\(\w+, |-o |--output )["']?$""")
# A page that goes on with the files of another one.
_FILES_OF: Final = re.compile(r"^<!-- files of (\S+\.md) -->$", re.MULTILINE)
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


# What a block printed: its stdout, and its stderr.
Told = tuple[str, ...]


class BlockError(AssertionError):
    """A block that does not do what a block of its language must."""


@attrs.define(eq=False)
class Page:
    """A page that runs.

    Attributes:
        name: Its path below the repository.
        blocks: All its blocks, in their order.
        module: Its namespace.
        runner: Its event loop, for an ``await`` outside of functions.
        patch: What lasts until its end, such as its environment variables.
        world: The simulated providers that it meets.
        ran: The blocks that ran or were checked.
    """

    name: str
    blocks: Sequence[Block]
    module: ModuleType
    runner: asyncio.Runner
    patch: pytest.MonkeyPatch
    world: World
    ran: list[Block] = attrs.field(factory=list)
    _told: Told = attrs.field(default=(), init=False)

    @property
    def names(self) -> dict[str, Any]:
        """What its blocks have defined."""
        return self.module.__dict__

    def run_all(self) -> None:
        """Run or check all its blocks; an error has a note with the place of its block."""
        for block in self.blocks:
            try:
                self.run(block)
            except Exception as error:
                error.add_note(f"the {block.language} block at {block.place}")
                raise

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
        _write(block, Path())
        self._told = check(self, block, self._told)
        self.ran.append(block)


def _write(block: Block, folder: Path) -> None:
    """Write the file that a block is, if it is one."""
    if block.file is not None:
        path = folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.content, encoding="utf-8")


def _python(page: Page, block: Block, _told: Told) -> Told:
    if _TESTS.search(block.code):
        return _pytest(block)
    # The reader's own lines stand in a traceback.
    source = "\n" * block.line + block.code
    lines = source.splitlines(keepends=True)
    linecache.cache[str(ROOT / page.name)] = (len(source), None, lines, str(ROOT / page.name))
    code = compile(source, str(ROOT / page.name), "exec", flags=_AWAIT, dont_inherit=True)
    out, errors = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(errors):
        _execute(page, code)
    for stream in (out, errors):
        stream.seek(0)
    return out.read(), errors.read()


def _execute(page: Page, code: CodeType) -> None:
    result = eval(code, page.module.__dict__)  # noqa: S307 - our own page
    if code.co_flags & inspect.CO_COROUTINE:
        page.runner.run(result)


def _pytest(block: Block) -> Told:
    """Run the tests of a block as its reader would, in a process of their own."""
    path = Path(block.file or "test_page.py")
    path.write_text("\n" * block.line + block.code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", *(f"-p{name}" for name in _PLUGINS)]
    places = os.pathsep.join([str(ROOT / "lib"), str(ROOT), os.environ.get("PYTHONPATH", "")])
    ran = subprocess.run(  # noqa: S603 - our own page
        [*command, f"--rootdir={Path.cwd()}", "-c", os.devnull, str(path)],
        capture_output=True,
        text=True,
        check=False,
        # The options of the run around it, such as those for coverage, are not the reader's.
        env={**os.environ, "PYTHONPATH": places, "PYTEST_ADDOPTS": ""},
    )
    if ran.returncode:
        message = f"pytest failed:\n{ran.stdout}{ran.stderr}"
        raise BlockError(message)
    return (ran.stdout,)


def _shell(page: Page, block: Block, _told: Told) -> Told:
    if error := shells.syntax_error(block.code):
        raise BlockError(error)
    outs, all_errors = [], []
    for line, command in shells.commands(block.code):
        for name, value in shells.exported(command).items():
            page.patch.setenv(name, value)
        if shells.runs_here(command):
            code, out, errors = shells.run(command)
            if code:
                place = f"{block.page}:{block.line + 1 + line}"
                message = f"{place}: {command} ended with {code}:\n{out}{errors}"
                raise BlockError(message)
            outs.append(out)
            all_errors.append(errors)
    return "".join(outs), "".join(all_errors)


def _output(_page: Page, block: Block, told: Told) -> Told:
    if not block.after:
        message = "text must follow the block whose output it is, with nothing between them"
        raise BlockError(message)
    pattern = re.escape(_even(block.code)).replace(re.escape("..."), ".*?")
    if not any(re.fullmatch(pattern, _even(text), re.DOTALL) for text in told):
        printed = "\n".join(told)
        message = f"the block before printed\n{printed}\nand not\n{block.code}"
        raise BlockError(message)
    return ()


def _even(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _sql(_page: Page, block: Block, _told: Told) -> Told:
    import psycopg  # noqa: PLC0415 - few pages need it

    if "DATABASE_URL" not in os.environ:
        message = "SQL runs on a page that has DATABASE_URL"
        raise BlockError(message)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(block.code.encode())
    return ()


def _tree(_page: Page, block: Block, _told: Told) -> Told:
    if block.code.strip() not in architecture.tree():
        message = "the tree is another one: run python -m tests.support.architecture"
        raise BlockError(message)
    return ()


def _table(_page: Page, block: Block, _told: Told) -> Told:
    rows = list(csv.reader(io.StringIO(block.content), strict=True))
    if len({len(row) for row in rows}) != 1:
        message = "its rows differ in length"
        raise BlockError(message)
    return ()


def _read(read: Callable[[str], object]) -> "Check":
    def check(_page: Page, block: Block, _told: Told) -> Told:
        read(block.content)
        return ()

    return check


# A check is given what the block before printed, and returns what its own block prints.
Check = Callable[[Page, Block, Told], Told]
CHECKS: Final[Mapping[str, Check]] = {
    "python": _python,
    "sh": _shell,
    "text": _output,
    "json": _read(json.loads),
    "toml": _read(tomllib.loads),
    "yaml": _read(yaml.safe_load),
    "csv": _table,
    "sql": _sql,
    "tree": _tree,
}


@contextmanager
def opened(name: str, text: str, folder: Path) -> Iterator[Page]:
    """Yield a page in a folder of its own, before its first block."""
    blocks = blocks_of(name, text)
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in KEYS.items():
            patch.setenv(variable, value)
        patch.setenv("TARASH_JOURNAL", str(folder / "journal.sqlite3"))
        here = folder / "here"
        here.mkdir()
        for other in _FILES_OF.findall(text):
            for block in blocks_of(other, text_of(other)):
                _write(block, here)
        for file, content in input_files().items():
            if not _is_made(file, blocks):
                here.joinpath(file).write_bytes(content)
        patch.chdir(here)
        patch.syspath_prepend(str(here))
        patch.setattr(registry, "_REGISTERED", {})
        module = ModuleType("page")
        patch.setitem(sys.modules, "page", module)
        patch.setattr(sys, "argv", [name])
        world = World()
        effects = default_effects(world.effects)
        with _forgotten(here), met(text, world), effects, asyncio.Runner() as runner:
            yield Page(
                name=name, blocks=blocks, module=module, runner=runner, patch=patch, world=world
            )


@contextmanager
def _forgotten(folder: Path) -> Iterator[None]:
    """Unload the folder's modules afterwards: another page may have others of these names."""
    try:
        yield
    finally:
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").is_relative_to(folder):
                del sys.modules[name]


def _is_made(file: str, blocks: Sequence[Block]) -> bool:
    """Tell whether a page saves a file of this name before it reads one."""
    code = "\n".join(block.code for block in blocks)
    before = code.partition(file)[0]
    return file in code and _SAVES.search(before) is not None


def run_page(name: str, folder: Path) -> Page:
    """Run all blocks of a page, and return it."""
    with opened(name, text_of(name), folder) as page:
        page.run_all()
    return page
