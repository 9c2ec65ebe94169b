"""The architecture is what its page shows, and stays as small as it says."""

import ast
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grimp
import pytest
from tests.support import architecture
from tests.support.architecture import PACKAGE, PAGES

import tarash.tarash_gateway
from tarash.tarash_gateway import (
    VideoGenerationConfig,
    VideoGenerationRequest,
    cancel_video,
    check_video,
    generate_video,
    registry,
    resume_video,
    start_video,
)
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.lifecycle.exchange import outgoing
from tarash.tarash_gateway.lifecycle.generation import Generation
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.running import steps
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_NAME = "tarash.tarash_gateway"
_MODULES = sorted(PACKAGE.rglob("*.py"))
_TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)

_MOST_LINES = 300


def test_the_pages_show_the_code_as_it_is() -> None:
    # python -m tests.support.architecture writes the pages anew.
    assert architecture.drawn(_TEXT) == _TEXT
    assert architecture.tree() in _TEXT
    assert architecture.lifecycle() in _TEXT


def test_the_tree_names_every_room_and_nothing_else() -> None:
    lines = architecture.tree().splitlines()[2:-1]
    top = {line.split()[0].removesuffix("/") for line in lines if line[2] != " "}
    here = {
        path.name
        for path in PACKAGE.iterdir()
        if path.name not in {"__init__.py", "__pycache__", "py.typed"}
    }
    assert top == here
    assert {name.removesuffix(".py") for name in here} == set(architecture.layers())


def test_the_lifecycle_has_every_stage_and_every_transition() -> None:
    seen = architecture.transitions()
    assert seen == set(architecture.WORDS)
    assert {stage for pair in seen for stage in pair} == {*architecture.STAGES, "[*]"}


def test_the_functions_enter_the_lifecycle_where_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    entered: dict[str, set[str]] = {}
    stages: list[str] = []

    def recorded(generation: Generation) -> Outcome[HttpRequest]:
        stages.append(type(generation.stage).__name__)
        return outgoing(generation)

    def call(function: Callable[..., Any], *arguments: object, replies: str) -> Any:
        stages.clear()
        http = ScriptedHttp([HttpResponse(status=200, body=b.encode()) for b in replies.split()])
        providers = {"kite": architecture.UPLOADING}
        result = function(*arguments, effects=fake_effects(http=http), providers=providers)
        entered.setdefault(stages[0], set()).add(function.__name__)
        return result

    monkeypatch.setattr(steps, "outgoing", recorded)
    config = VideoGenerationConfig(provider="kite", model="kite-1")
    request = VideoGenerationRequest(prompt="a kite")
    large = VideoGenerationRequest(prompt="a kite", video=architecture.MEDIUM)
    call(generate_video, config, large, replies="uploaded queued video")
    call(start_video, config, large, replies="uploaded queued")
    call(generate_video, config, request, replies="queued video")
    running = call(start_video, config, request, replies="queued")
    done = call(check_video, running, replies="ready")
    call(check_video, done, replies="video")
    for generation in (running, done):
        call(resume_video, generation, replies="video")
        call(cancel_video, generation, replies="confirmed")
    assert entered == {
        stage: set(names.split(", ")) for stage, names in architecture.ENTRIES.items()
    }


def _is_long(path: Path) -> bool:
    # The tables of models are data: a row for each model, or for each endpoint of it.
    table = "models" in {path.stem, path.parent.name} and "providers" in path.parts
    return not table and len(path.read_text(encoding="utf-8").splitlines()) > _MOST_LINES


def test_no_module_is_long_except_tables_of_models() -> None:
    long = {path.relative_to(PACKAGE).as_posix() for path in _MODULES if _is_long(path)}
    assert long == set()


def test_no_modules_import_each_other_except_an_error_and_its_generation() -> None:
    graph = grimp.build_graph(_NAME, cache_dir=None)
    # An error names the types of what it carries, for type checkers only. So does a response.
    for carried in ("journal_entry", "saved", "response"):
        graph.remove_import(importer=f"{_NAME}.exceptions", imported=f"{_NAME}.values.{carried}")
    graph.remove_import(importer=f"{_NAME}.values.response", imported=f"{_NAME}.values.saved")
    cycles = [
        (module, other)
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
        if graph.chain_exists(importer=other, imported=module)
    ]
    assert cycles == []


# Old module paths.

_MOVED = {
    "config": "values.config",
    "durable": "values.saved",
    "job": "values.job",
    "journaling": "lifecycle.journal",
    "mapping": "catalog.mapping",
    "media": "values.media",
    "messages": "http.messages",
    "metadata": "values.attempts",
    "planning": "lifecycle.prepare",
    "reading": "http.reading",
    "request": "values.request",
    "response": "values.response",
    "rows": "catalog.rows",
    "secrets": "values.secrets",
}


@pytest.fixture(params=_MOVED.items(), ids=list(_MOVED))
def moved(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    old, new = request.param
    name = f"{_NAME}.{old}"
    sys.modules.pop(name, None)
    yield name, f"{_NAME}.{new}"
    sys.modules.pop(name, None)
    vars(tarash.tarash_gateway).pop(old, None)


def test_an_old_path_is_the_module_at_its_new_place(moved: tuple[str, str]) -> None:
    old, new = moved
    with pytest.warns(DeprecationWarning, match=f"{old} has moved to {new}") as warned:
        exec(compile(f"import {old}", "user.py", "exec"))  # noqa: S102 - a user's import
    assert importlib.import_module(old) is importlib.import_module(new)
    # The warning comes once, and it points to the code that imports the old path.
    assert [warning.filename for warning in warned] == ["user.py"]


@pytest.mark.parametrize(
    ("old", "name", "place"),
    [
        ("config", "MockConfig", "values.mock_config"),
        ("config", "MockPollingConfig", "values.mock_config"),
        ("config", "MockResponse", "values.mock_config"),
        ("durable", "VideoGeneration", "values.saved"),
        ("journaling", "Claim", "values.journal_entry"),
        ("journaling", "Journal", "effects.journal"),
        ("journaling", "JournalEntry", "values.journal_entry"),
        ("journaling", "PENDING", "values.journal_entry"),
        ("journaling", "UnreadableEntry", "values.journal_entry"),
        ("mapping", "map_request", "catalog.mapping"),
        ("messages", "HttpRequest", "http.messages"),
        ("messages", "HttpResponse", "http.messages"),
        ("messages", "followed", "http.urls"),
        ("messages", "origin", "values.urls"),
        ("planning", "VideoPlan", "lifecycle.preview"),
        ("reading", "read", "http.reading"),
        ("rows", "ModelRow", "catalog.rows"),
    ],
)
def test_an_old_path_has_its_names(old: str, name: str, place: str) -> None:
    sys.modules.pop(f"{_NAME}.{old}", None)
    with pytest.warns(DeprecationWarning, match=f"{_NAME}.{old} has moved"):
        module = importlib.import_module(f"{_NAME}.{old}")
    assert getattr(module, name) is getattr(importlib.import_module(f"{_NAME}.{place}"), name)


def test_a_provider_that_imports_the_old_paths_works(monkeypatch: pytest.MonkeyPatch) -> None:
    # given the provider of the guide, as it was before the modules moved
    source = Path(__file__).parent / "support" / "kite_of_0_1.txt"
    monkeypatch.setattr(registry, "_REGISTERED", {})
    for old in _MOVED:
        sys.modules.pop(f"{_NAME}.{old}", None)
    with pytest.warns(DeprecationWarning, match="has moved to"):
        exec(compile(source.read_text(encoding="utf-8"), source, "exec"), {"__name__": "kite"})  # noqa: S102 - our own text
    # when it generates a video
    replies = [
        {"id": "k1", "state": "waiting"},
        {"id": "k1", "state": "done", "url": "https://cdn.kite.example/a.mp4"},
    ]
    response = generate_video(
        VideoGenerationConfig(provider="kite", model="kite-1", api_key="k"),
        VideoGenerationRequest(prompt="a kite"),
        effects=fake_effects(http=ScriptedHttp([json_reply(200, reply) for reply in replies])),
    )
    # then it reads replies as it did
    assert response.video == "https://cdn.kite.example/a.mp4"


def test_every_old_path_is_tested() -> None:
    assert {path.stem for path in (PACKAGE / "_moved").glob("*.py")} == {"__init__", *_MOVED}


def test_tools_may_import_every_file_of_the_package() -> None:
    for old in _MOVED:
        importlib.import_module(f"{_NAME}._moved.{old}")


def test_no_module_imports_an_old_path() -> None:
    for path in _MODULES:
        depth = len(path.relative_to(PACKAGE).parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == depth:
                names = {node.module} if node.module else {each.name for each in node.names}
                assert not names & _MOVED.keys(), path
