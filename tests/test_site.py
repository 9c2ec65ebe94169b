"""The site: each public name has one page, and the tables say what the code does."""

import re
import subprocess
import sys
from collections import Counter
from functools import cache
from html import unescape
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from tests.support.site import DOCS, documented, origin, site_hooks
from typer.testing import CliRunner

from tarash.tarash_gateway import exceptions, list_models, list_providers
from tarash.tarash_gateway.cli.app import app
from tarash.tarash_gateway.cli.journal import VARIABLE as JOURNAL_VARIABLE
from tarash.tarash_gateway.cli.options import CONFIG_VARIABLE
from tarash.tarash_gateway.effects import proxies, trust
from tarash.tarash_gateway.lifecycle.links import variables
from tarash.tarash_gateway.registry import BUILT_IN

_PACKAGE = "tarash.tarash_gateway"
# Modules that say in __all__ what is public, and modules that are lists of public names.
_LISTED = (
    "",
    "codec",
    "exceptions",
    "functional",
    "integrations.dbos",
    "integrations.temporal",
    "mock",
    "provenance",
    "testing",
    "webhooks",
)
_COLLECTED = ("models", "provider_kit")


def _public() -> set[str]:
    names = {
        ".".join(filter(None, (_PACKAGE, module, name)))
        for module in _LISTED
        for name in import_module(".".join(filter(None, (_PACKAGE, module)))).__all__
    }
    names |= {
        f"{_PACKAGE}.{module}.{name}"
        for module in _COLLECTED
        for name in vars(import_module(f"{_PACKAGE}.{module}"))
        if name.isidentifier() and not name.startswith("_")
    }
    return {place for place in map(origin, names) if place.startswith(_PACKAGE)}


# The navigation.


def test_each_page_stands_once_in_the_navigation() -> None:
    text = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    listed = Counter(re.findall(r"^ +- (\S+\.md)$", text.partition("\nnav:\n")[2], re.MULTILINE))
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    # The changelog is made from the file in the root.
    assert set(listed) == pages | {"changelog.md"}
    assert [page for page, times in listed.items() if times > 1] == []


# The API reference.


def test_every_public_name_is_on_a_page() -> None:
    shown = {origin(name) for name, _ in documented()}
    assert _public() - shown == set()


def test_no_name_is_on_two_pages() -> None:
    places = Counter(origin(name) for name, _ in documented())
    assert [name for name, times in places.items() if times > 1] == []


def test_every_name_on_a_page_exists() -> None:
    for name, page in documented():
        module, _, last = name.rpartition(".")
        assert hasattr(import_module(module), last), f"{page}: {name}"


# The changelog.


def test_the_changelog_is_whole_on_pages_that_lead_to_each_other() -> None:
    # given the file, with a release more than it has
    text = (DOCS.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    text += "\n## 0.1.0\n\n### Added\n\n#### Kites\n\n" + "- A kite flies over the sea.\n" * 200
    # when it is made into pages
    pages = site_hooks().changelog(text)
    # then each line is there, in its order, and below its headings
    told = [line for page in pages.values() for line in page.splitlines() if line[:1] in "- "]
    assert [line for line in told if line] == [
        line.replace("](docs/", "](") for line in text.splitlines() if line[:1] in {"-", " "}
    ]
    names = list(pages)
    assert names[0] == "changelog.md"
    for name, following in pairwise(names):
        assert pages[name].count(f"]({following})") == 1
        assert pages[following].startswith("# Changelog, continued\n\n## ")
    assert "## 0.1.0\n\n### Added\n\n#### Kites" in pages[names[-1]]


# The table of providers.


def test_the_table_of_providers_says_what_each_can_do() -> None:
    page = (DOCS / "providers/index.md").read_text(encoding="utf-8")
    rows = [[c.strip() for c in line.split("|")[1:-1]] for line in page.splitlines() if "|" in line]
    told = {row[1].strip("`"): row[2:] for row in rows[2:]}
    infos = {info.name: info for info in list_providers() if info.models}
    # then every provider is there, with what `list_providers` knows
    assert set(told) == set(infos)
    for name, (key, *cells) in told.items():
        info = infos[name]
        can = (info.cancels, info.lists_jobs, info.webhooks, info.uploads, info.streams)
        # Of the two APIs of Google, the page says more than a single value can.
        said = ["no" if cell == "Omni only" else cell for cell in cells]
        assert [cell.split(",")[0] for cell in said] == ["yes" if yes else "no" for yes in can]
        assert any(f"`{variable}`" in key for names in info.keys for variable in names)


# Where keys are made.


def test_a_beginner_finds_the_page_of_each_key() -> None:
    shown = site_hooks().on_page_markdown((DOCS / "first-video.md").read_text(encoding="utf-8"))
    for info in list_providers():
        if info.name in BUILT_IN and info.keys:
            # then the table of the first page has what the record says
            assert info.key_page is None or f'href="{info.key_page}"' in shown
            assert info.starter_model is None or info.starter_model in shown.replace("<wbr>", "")
            assert all(name in shown for names in info.keys for name in names)


@pytest.mark.parametrize("provider", ["fal", "google", "replicate", "runway"])
def test_a_provider_s_page_leads_to_the_page_of_its_key(provider: str) -> None:
    page = (DOCS / f"providers/{provider}.md").read_text(encoding="utf-8")
    assert f"]({BUILT_IN[provider].key_page})" in page
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert provider != "fal" or f"]({BUILT_IN[provider].key_page})" in readme


# The tables of models.


@pytest.mark.parametrize("provider", [name for name, p in BUILT_IN.items() if p.models])
def test_a_provider_s_page_has_each_of_its_models(provider: str) -> None:
    page = (DOCS / f"providers/{provider}.md").read_text(encoding="utf-8")
    shown = unescape(site_hooks().on_page_markdown(page).replace("<wbr>", ""))
    missing = [m for m in BUILT_IN[provider].models if f"<code>{m}</code>" not in shown]
    assert missing == []
    ending = [m for m, row in BUILT_IN[provider].models.items() if row.retires]
    assert all(str(BUILT_IN[provider].models[m].retires.on) in shown for m in ending)  # type: ignore[union-attr]  # they have one


_ROW = re.compile(r"<tr( data-name.*?)>")
_DATA = re.compile(r' data-(\w+)="([^"]*)"')


@cache
def _rows() -> list[dict[str, str]]:
    table = site_hooks().on_page_markdown("<!-- matrix: all -->")
    return [
        {key: unescape(value) for key, value in _DATA.findall(row)} for row in _ROW.findall(table)
    ]


def _chosen(rows: list[dict[str, str]], wanted: dict[str, Any]) -> set[str]:
    """Choose as docs/assets/models.js does."""
    listed = {"seconds": "seconds", "resolution": "resolution", "aspect_ratio": "ratio"}
    values = {key: str(wanted[name]) for name, key in listed.items() if name in wanted}
    pairs = [
        f"{values[one]}+{values[two]}"
        for one, two in (("seconds", "resolution"), ("resolution", "ratio"))
        if one in values and two in values
    ]

    def fits(row: dict[str, str]) -> bool:
        image = wanted.get("image")
        return (
            wanted.get("provider") in {None, row["provider"]}
            and all(value in row.get(key, "").split() for key, value in values.items())
            and not any(pair in row.get("not", "").split() for pair in pairs)
            and (not isinstance(image, str) or image in row.get("image", "").split())
            and (not isinstance(image, bool) or image == ("image" in row))
            and all(
                wanted[flag] == (row.get(flag) == "yes")
                for flag in ("video", "audio")
                if flag in wanted
            )
        )

    return {row["name"] for row in rows if fits(row)}


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"provider": "runway"},
        {"seconds": 8, "resolution": "1080p"},
        {"seconds": 4, "resolution": "4k", "aspect_ratio": "16:9"},
        {"resolution": "1080p", "aspect_ratio": "1:1"},
        {"aspect_ratio": "21:9", "audio": True},
        {"image": "last_frame", "seconds": 5},
        {"image": False, "video": True},
        {"image": True, "audio": False, "seconds": 10},
        {"seconds": 30},
    ],
    ids=str,
)
def test_the_matrix_chooses_what_list_models_does(wanted: dict[str, Any]) -> None:
    found = {info.name for info in list_models(**wanted, retired=True)}
    assert found
    assert _chosen(_rows(), wanted) == found


# The errors.


def test_every_error_is_in_the_tree_and_has_its_advice() -> None:
    page = (DOCS / "guides/errors.md").read_text(encoding="utf-8")
    shown = site_hooks().on_page_markdown(page)
    classes = {c for name, c in exceptions.ERRORS.items() if name != "TarashException"}
    for cls in classes:
        heading = rf'<th class="cards__of" scope="row">(?:└ )?<code>{cls.__name__}</code>'
        assert len(re.findall(heading, shown)) == 1, cls
        assert f">{cls.kind}</code>" in shown, cls
        assert f"\n`{cls.__name__}`\n:   " in page, cls


def test_the_tree_says_which_errors_a_chain_survives() -> None:
    shown = site_hooks().on_page_markdown("<!-- errors: all -->")
    answers = dict(re.findall(r"<code>(\w+)</code>.*?next config\?\">(\w+)", shown))
    assert {name for name, answer in answers.items() if answer == "yes"} == {
        "AuthenticationError",
        "GenerationFailedError",
        "HTTPConnectionError",
        "HTTPError",
        "InsufficientCreditsError",
        "NotFoundError",
        "RateLimitError",
        "TimeoutError",
        "UnexpectedReplyError",
    }


# The command line and the environment.

_SECTION = re.compile(r"^## `(tarash.*?)`\n\n```text\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


def test_the_page_of_the_commands_has_what_each_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = site_hooks().on_page_markdown("<!-- commands: all -->")
    sections = dict(_SECTION.findall(shown))
    # given a terminal of 80 columns
    monkeypatch.setenv("COLUMNS", "80")
    listed = re.findall(
        r"^  ([a-z]+)  ", sections["tarash"].partition("Commands:")[2], re.MULTILINE
    )
    assert listed
    # then there is a section for `tarash` and for each command that it lists, word for word
    assert list(sections) == ["tarash", *(f"tarash {name}" for name in listed)]
    for command, section in sections.items():
        arguments = [*command.split()[1:], "-h"]
        printed = CliRunner().invoke(app, arguments, prog_name="tarash")
        assert printed.stdout.strip() == section


def test_every_variable_is_on_the_page_about_the_environment() -> None:
    page = (DOCS / "environment-variables.md").read_text(encoding="utf-8")
    read = {
        *variables(BUILT_IN),
        *(name for p in BUILT_IN.values() if p.webhooks for name in p.webhooks.variables),
        *trust._FILES,
        *(upper for _, upper in proxies._VARIABLES.values()),
        CONFIG_VARIABLE,
        JOURNAL_VARIABLE,
    }
    assert {name for name in read if f"`{name}`" not in page} == set()


# What GitHub and the site read in different ways.


def test_a_sentence_stands_for_each_part_that_the_site_makes() -> None:
    hooks = site_hooks()
    texts = {page: page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md")}
    # `python docs/hooks.py` writes the sentences into the pages.
    assert [page for page, text in texts.items() if hooks.with_sentences(text) != text] == []
    # then a reader of the sources sees them, and nobody else
    of_errors = texts[DOCS / "guides/errors.md"]
    assert "python docs/hooks.py errors all" in of_errors
    assert "python docs/hooks.py errors all" not in hooks.on_page_markdown(of_errors)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("errors all", "ContentModerationError\n  kind: moderation\n"),
        ("limits fal", "images: all other models\n  in a request: 5 MB\n"),
        ("retired fal", "None of the models below has a known end."),
    ],
)
def test_the_command_of_a_sentence_prints_the_part(part: str, expected: str) -> None:
    command = [sys.executable, str(DOCS / "hooks.py"), *part.split()]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert expected in ran.stdout
    assert "<" not in ran.stdout


def test_a_bar_in_a_table_has_no_backslash() -> None:
    cell = "<td><code>str \\| None</code></td>"
    assert site_hooks().on_page_content(cell) == "<td><code>str | None</code></td>"
    assert site_hooks().on_page_content("<p>a \\| b</p>") == "<p>a \\| b</p>"
