"""Look at each page of the built documentation in a browser, as its readers do.

mkdocs build -d site && python tools/look_at_pages.py site

It opens each page at two widths, in light and in dark colours, and prints what a reader could not
read: a page that is too long, what is wider than the window or cut off, code and tables that need a
bar on a wide window, backslashes in tables, missing pictures, faint text, messages on the console,
requests to other hosts, and links to pages or anchors that do not exist. It exits with 1 if it
finds anything.

It needs playwright (pip) and a Chromium, Debian's or any other: neither is installed with the
development tools, because nothing else needs them.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import unquote, urldefrag

import attrs
from playwright.sync_api import Browser, Page, Route, sync_playwright

_PROBE: Final = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_WIDTHS: Final = (1280, 420)
_HEIGHT: Final = 900
# Pixels: about nine screens. What is longer has more than one subject.
_TALLEST: Final = 8000
# Below this ratio even large text is hard to read: WCAG 2.2, 1.4.3.
_CONTRAST: Final = 3


@attrs.frozen
class Seen:
    """What was seen of one page at one width.

    Attributes:
        path: The path of the page, from the root of the site.
        where: The width, and the colours.
        problems: What is wrong, in words.
        anchors: The ids on the page.
        links: The absolute URLs of its links.
    """

    path: str
    where: str
    problems: tuple[str, ...]
    anchors: frozenset[str]
    links: frozenset[str]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is inherited
        """Say nothing."""


def _pages(site: Path, only: str) -> list[str]:
    found = (page.relative_to(site).as_posix() for page in site.rglob("*.html"))
    return sorted(page.removesuffix("index.html") for page in found if only in page)


def _seen(chromium: str, base: str, paths: list[str], shots: Path | None, width: int) -> list[Seen]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        seen = list(_look(browser, base, paths, width, shots))
        browser.close()
    return seen


def _look(
    browser: Browser, base: str, paths: list[str], width: int, shots: Path | None
) -> Iterator[Seen]:
    page = browser.new_page(viewport={"width": width, "height": _HEIGHT})
    heard: list[str] = []
    page.on("console", lambda line: heard.append(f"console: {line.text}") if _bad(line) else None)
    page.on("pageerror", lambda error: heard.append(f"console: {error}"))
    page.route("**/*", partial(_stay, base, heard))
    for path in paths:
        heard.clear()
        page.emulate_media(color_scheme="light")
        reply = page.goto(base + path)
        if reply is None or not reply.ok:
            heard.append("the page cannot be opened")
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            found = _probe(page, width)
            problems = (*found["problems"], *dict.fromkeys(heard))
            heard.clear()
            where = f"{width} px, {colours}"
            yield Seen(
                path, where, problems, frozenset(found["anchors"]), frozenset(found["links"])
            )
            if shots is not None:
                name = f"{path.strip('/').replace('/', '-') or 'index'}-{width}-{colours}.png"
                page.screenshot(path=shots / name, full_page=True)
    page.close()


def _bad(line: Any) -> bool:
    return line.type in {"error", "warning"}


def _probe(page: Page, width: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = page.evaluate(
        _PROBE, {"width": width, "tallest": _TALLEST, "contrast": _CONTRAST}
    )
    return found


def _stay(base: str, heard: list[str], route: Route) -> None:
    url = route.request.url
    if url.startswith((base, "data:", "blob:")):
        route.continue_()
    else:
        heard.append(f"a request to another host: {url}")
        route.abort()


def _dead_links(seen: list[Seen], base: str) -> Iterator[tuple[str, str, str]]:
    """Yield the links to pages and anchors of the site that do not exist."""
    anchors = {look.path: look.anchors for look in seen}
    for look in seen:
        for link in sorted(look.links):
            target, anchor = urldefrag(link)
            path = target.removeprefix(base).removesuffix("index.html")
            if not target.startswith(base) or "." in path.rpartition("/")[2]:
                continue
            if path not in anchors:
                yield look.path, "links", f"no page at {path}"
            elif anchor and unquote(anchor) not in anchors[path]:
                yield look.path, "links", f"no anchor at {path}#{anchor}"


def _look_at(site: Path, only: str, chromium: str, shots: Path | None) -> int:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    paths = _pages(site, only)
    # A browser for each width: playwright's calls belong to one thread.
    with ThreadPoolExecutor() as pool:
        looks = pool.map(partial(_seen, chromium, base, paths, shots), _WIDTHS)
        seen = [look for looked in looks for look in looked]
    server.shutdown()
    lines = [(s.path, s.where, problem) for s in seen for problem in s.problems]
    if not only:
        lines += dict.fromkeys(_dead_links(seen, base))
    for path, where, problem in lines:
        print(f"/{path} [{where}] {problem}")
    print(f"{len(paths)} pages, {len(lines)} problems")
    return len(lines)


def main() -> int:
    """Look at the pages, print what is wrong, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("site", type=Path, help="the folder of the built documentation")
    parser.add_argument("--only", default="", help="look at pages with this in their path only")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser's command")
    parser.add_argument("--screenshots", type=Path, help="a folder for pictures of the pages")
    options = parser.parse_args()
    if options.screenshots is not None:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    return 1 if _look_at(options.site, options.only, options.chromium, options.screenshots) else 0


if __name__ == "__main__":
    sys.exit(main())
