"""The changelog as pages of the site, each of a length that can be read."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

# Characters: about seven thousand pixels on a telephone. A section stays whole.
_LONGEST: Final = 9000
_HEADING: Final = re.compile(r"^(?=#{2,4} )", re.MULTILINE)


def changelog(text: str) -> Mapping[str, str]:
    """Return the pages by their names: changelog.md, changelog-2.md and so on."""
    # From the root of the repository, links go through docs/.
    pages = list(_pages(text.replace("](docs/", "](")))
    return {_name(place): _linked(pages, place) for place in range(len(pages))}


def _name(place: int) -> str:
    return f"changelog-{place + 1}.md" if place else "changelog.md"


def _pages(text: str) -> Iterator[str]:
    page, *sections = _HEADING.split(text)
    above: list[str] = []
    for section in sections:
        heading = section.partition("\n")[0]
        above = [line for line in above if _level(line) < _level(heading)]
        if len(page) + len(section) > _LONGEST:
            yield page
            page = "\n\n".join(["# Changelog, continued", *above, ""])
        page += section
        above.append(heading)
    yield page


def _level(heading: str) -> int:
    return len(heading.partition(" ")[0])


def _linked(pages: list[str], place: int) -> str:
    """Return a page with a line about the next one, if there is one."""
    if place + 1 == len(pages):
        return pages[place]
    subjects = [line.lstrip("# ") for line in pages[place + 1].splitlines() if line[:4] == "####"]
    more = f"The changelog [goes on]({_name(place + 1)})"
    return f"{pages[place].rstrip()}\n\n{more}: {', '.join(subjects)}.\n"
