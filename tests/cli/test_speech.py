"""Every message of the library has a form in the terms of the command line."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from tarash.tarash_gateway.cli.speech import CONFIG_OPTIONS, REQUEST_OPTIONS, in_terms
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.request import VideoGenerationRequest

_LIBRARY = Path(__file__).parents[2] / "lib/tarash/tarash_gateway"
# What no command can meet: what only a program calls, or registers, or configures.
_FOR_PROGRAMS = (
    "_moved/",
    "cli/",
    "display/",
    "integrations/",
    "testing",
    "pytest_plugin",
    "provenance.py",
    "catalog/choosing.py",  # its filters are options of `tarash models`, which refuses them itself
    "config_files/",  # its messages name the fields of a file: see `FileError`
    "effects/postgres_connections.py",  # a connection of the caller's own
    "lifecycle/webhook",  # a command receives no webhooks
    "providers/handlers.py",
    "running/arguments.py",  # about arguments of other types than a command can give
    "running/receiving.py",
    "running/reconciling.py",
    "running/shown.py",
    "values/short.py",  # a command has configs and requests, and not their short forms
)
# Single sentences of other modules that only a program can meet, each with the reason.
_NEVER = (
    "use PostgresJournal(conninfo)",  # the journal of a command opens its own connection
    "PostgresJournal.ddl(role=...)",  # a database's administrator, who runs a program
    "on_progress raised",  # the callback is the command line's own
    "in extra_params={{name}: ...}",  # keywords of a request: a command has --set
    "(max_failures)",  # in `tarash batch`, which has the option
    "key or save_to raised it",  # these are functions of the command line's own
    "download_timeout",  # a command sets none
    "status_sequence",  # a setting of the mock that a command does not give
    "output_video",
    "generate_video_async",  # who registers a provider writes a program
    "fallback_on",  # only a file can set it: see `FileError`
)
_CALL = re.compile(
    r"\b[a-z]\w*_video\w*\b|\b\w+\.\w+\(|\b[a-z_]+\([^)\s]*\.\.\.\)|\b\w+=\w*\(|=True\b"
)
_FIELDS = frozenset(
    field.name
    for cls in (VideoGenerationConfig, VideoGenerationRequest)
    for field in attrs.fields(cls)
    if "_" in field.name
)


def _texts(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a module that are sentences, with ``{...}`` for what is put in."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()):
                skipped.add(id(node.value))
            case ast.AnnAssign() | ast.arg():
                skipped.update(id(each) for each in ast.walk(node.annotation or node))
            case ast.Subscript():
                skipped.update(id(each) for each in ast.walk(node))
            case ast.JoinedStr() if id(node) not in skipped:
                skipped.update(id(each) for each in ast.walk(node))
                yield "".join(
                    str(part.value) if isinstance(part, ast.Constant) else _shown(part)
                    for part in node.values
                )
            case ast.Constant(value=str(text)) if id(node) not in skipped and " " in text.strip():
                yield text


def _shown(part: ast.expr) -> str:
    assert isinstance(part, ast.FormattedValue)
    text = ast.unparse(part.value)
    # What stands in brackets of a list or a mapping, as `in_terms` meets it.
    return {"place": "0"}.get(text, "'name'" if part.conversion == ord("r") else "{...}")


def _messages() -> Iterator[tuple[str, str]]:
    for path in sorted(_LIBRARY.rglob("*.py")):
        name = path.relative_to(_LIBRARY).as_posix()
        if not name.startswith(_FOR_PROGRAMS):
            for text in _texts(ast.parse(path.read_text(encoding="utf-8"))):
                if " " in text.strip() and not any(each in text for each in _NEVER):
                    yield name, text


def test_no_message_names_a_call_or_a_field_of_python() -> None:
    told = [(name, text, in_terms(text)) for name, text in _messages()]
    assert len(told) > 300
    unsaid = [
        f"{name}: {text}"
        for name, text, said in told
        if _CALL.search(said) or _FIELDS & set(re.findall(r"\w+", said))
    ]
    assert unsaid == []


@pytest.mark.parametrize("text", ["resume_video(x)", "journal.forget(1)", "overwrite=True"])
def test_the_check_finds_what_it_looks_for(text: str) -> None:
    assert _CALL.search(text)


def test_every_field_that_a_command_can_give_has_an_option() -> None:
    # These are set in a file, or belong to programs.
    only_in_files = {
        *("api_key", "request_timeout", "max_json_bytes", "max_video_bytes", "fallback_on"),
        "extra_keywords",
    }
    assert _FIELDS - only_in_files <= {*REQUEST_OPTIONS, *CONFIG_OPTIONS}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (
            "job 7 of fal may go on: resume_video(error.generation)",
            "job 7 of fal may go on: tarash resume 12-1",
        ),
        (
            "no key for fal: set FAL_KEY, or give api_key in the config",
            "no key for fal: set FAL_KEY, or write it into a file for --config",
        ),
        (
            "no access token: give provider_config['access_token'] or api_key in the config",
            "give --provider-config access_token=... or write the key into a file for --config",
        ),
        ("resolution 8k is not known", "resolution 8k is not known"),
        ("the URL of the request has an invalid host: check base_url", "check --base-url"),
    ],
)
def test_advice_names_what_is_typed(theirs: str, ours: str) -> None:
    assert ours in in_terms(theirs, "tarash resume 12-1")


def test_a_row_of_a_file_keeps_the_names_of_its_columns() -> None:
    message = "duration_seconds 5 became 6; check base_url"
    assert in_terms(message, columns=True) == "duration_seconds 5 became 6; check --base-url"
