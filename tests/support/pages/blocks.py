"""The code blocks of a page, found by a Markdown parser."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import attrs
from markdown_it import MarkdownIt

ROOT: Final = Path(__file__).parents[3]
# What an admonition or a tab of the site is, the parser does not know: an indented page in a page.
_NESTED: Final = re.compile(r"^( *)(?:!!!|\?\?\?\+?|===!?\+?) +\S")
_TITLE: Final = re.compile(r'title="([^"]+)"')
_NAMED: Final = re.compile(r"^(?:#|//|--) ([\w./-]+\.\w+)$")
_INDENT: Final = 4


@attrs.frozen(kw_only=True)
class Block:
    """One code block.

    Attributes:
        page: The path of its page below the repository.
        line: The line of its fence, from 1.
        language: The first word behind the fence; empty if there is none.
        info: All that stands behind the fence.
        code: Its text, with the newline at its end.
        after: Whether nothing but blank lines stands between it and the block before.
    """

    page: str
    line: int
    language: str
    info: str
    code: str
    after: bool = False

    @property
    def place(self) -> str:
        """Page and line, as editors open them."""
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str | None:
        """The file that the block is: by ``title="NAME"``, or by a first line ``# NAME``."""
        if found := _TITLE.search(self.info):
            return found[1]
        first, _, rest = self.code.partition("\n")
        found = _NAMED.match(first)
        return found[1] if found and rest.strip() else None

    @property
    def content(self) -> str:
        """What is written into the file: CSV has no comments, so the line with the name is not."""
        if self.language == "csv" and _NAMED.match(self.code.partition("\n")[0]):
            return self.code.partition("\n")[2]
        return self.code


def pages() -> list[str]:
    """Return the pages whose blocks run."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path.relative_to(ROOT).as_posix() for path in found]


def text_of(page: str) -> str:
    """Return the Markdown of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks_of(page: str, text: str) -> list[Block]:
    """Return the blocks of a page in their order, those in lists, admonitions and tabs included."""
    lines = text.split("\n")
    found = sorted(_found(page, lines, 0), key=lambda block: block.line)
    return [_placed(block, lines, found[:place]) for place, block in enumerate(found)]


def _found(page: str, lines: Sequence[str], above: int) -> Iterator[Block]:
    """Yield the blocks of lines that begin ``above`` lines below the page's beginning."""
    inside: set[int] = set()
    for token in MarkdownIt("commonmark").parse("\n".join(lines)):
        if token.type == "fence" and token.map is not None:
            start, end = token.map
            inside.update(range(start, end))
            yield Block(
                page=page,
                line=above + start + 1,
                language=(token.info.split() or [""])[0],
                info=token.info,
                code=token.content,
            )
    place = 0
    while place < len(lines):
        opened = None if place in inside else _NESTED.match(lines[place])
        place += 1
        if opened is None:
            continue
        body = _body(lines[place:], len(opened[1]) + _INDENT)
        yield from _found(page, body, above + place)
        place += len(body)


def _body(lines: Sequence[str], indent: int) -> list[str]:
    body: list[str] = []
    for line in lines:
        if line.strip() and not line.startswith(" " * indent):
            break
        body.append(line[indent:])
    return body


def _placed(block: Block, lines: Sequence[str], before: Sequence[Block]) -> Block:
    """Return the block with ``after``."""
    if not before:
        return block
    last = before[-1]
    end = last.line + last.code.count("\n") + 1
    between = lines[end : block.line - 1]
    return attrs.evolve(block, after=not any(line.strip() for line in between))


_FENCE: Final = re.compile(r"^\s*(?:(?:[-*+]|\d+[.)]|>)\s+)*(`{3,}|~{3,})\s*([^\s`]*)[^`]*$")


def fences_in(text: str) -> list[str]:
    """Return the language of each line that opens a fence: a count that needs no parser."""
    languages, mark = [], ""
    for line in text.split("\n"):
        if mark:
            bare = line.strip()
            closes = len(bare) >= len(mark) and not bare.strip(mark[0])
            mark = "" if closes else mark
        elif found := _FENCE.match(line):
            mark = found[1]
            languages.append(found[2])
    return languages
