"""Configs from a TOML file: what they mean, and what an error says about them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from returns.io import IOResult
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    MockConfig,
    MockPollingConfig,
    MockResponse,
    RateLimitError,
    ValidationError,
    VideoGenerationConfig,
    functional,
    generate_video,
    list_configs,
    load_config,
)
from tarash.tarash_gateway.config_files.lines import KeyPath, lines_of
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects

_FILE = Path("configs/video.toml")


def _load(text: str | bytes, name: str | None = None, /, **variables: str) -> VideoGenerationConfig:
    content = text.encode() if isinstance(text, str) else text
    effects = fake_effects(files={_FILE: content}, environment=variables)
    return load_config(_FILE, name, effects=effects)


def _error(text: str | bytes, name: str | None = None, /, **variables: str) -> str:
    with pytest.raises(ValidationError) as caught:
        _load(text, name, **variables)
    # Whatever it is about, it begins with the file that the caller named.
    assert caught.value.message.startswith(f"{_FILE}:")
    return caught.value.message.removeprefix(f"{_FILE}:")


# What a file means.


def test_a_table_is_a_config() -> None:
    loaded = _load("""
        [fast]
        provider = "fal"
        model = "fal-ai/veo3"
        timeout = 90
        poll_interval = 0.5
        max_poll_attempts = 120
        listen = false
        unsupported = "error"
        fallback_on = ["rate_limit", "timeout"]
        base_url = "https://queue.example.com"
        webhook_url = "https://example.com/hook?token=kite"

        [fast.provider_config]
        project = "kites"
        labels = { team = "film" }
        """)
    assert loaded == VideoGenerationConfig(
        provider="fal",
        model="fal-ai/veo3",
        timeout=90,
        poll_interval=0.5,
        max_poll_attempts=120,
        listen=False,
        unsupported="error",
        fallback_on=frozenset({"rate_limit", "timeout"}),
        base_url="https://queue.example.com",
        webhook_url="https://example.com/hook?token=kite",
        provider_config={"project": "kites", "labels": {"team": "film"}},
    )
    # A number that is written is a limit, also if it is the default's.
    assert loaded.poll_limit == 120


def test_every_field_of_a_config_can_be_written() -> None:
    # given a value for each field, in the words of a file
    values = {
        "provider": '"fal"',
        "model": '"m"',
        "api_key": '"k"',
        "base_url": '"https://a.example"',
        "api_version": '"v1"',
        "timeout": "1",
        "max_poll_attempts": "2",
        "poll_interval": "3",
        "request_timeout": "4",
        "listen": "false",
        "webhook_url": '"https://a.example/hook"',
        "max_json_bytes": "5",
        "max_video_bytes": "6",
        "mock": "true",
        "fallback_configs": '[{ provider = "fal", model = "m2" }]',
        "provider_config": '{ project = "p" }',
        "unsupported": '"adapt"',
        "fallback_on": '["timeout"]',
    }
    assert set(values) == {field.name for field in attrs.fields(VideoGenerationConfig)}
    loaded = _load("[all]\n" + "\n".join(f"{name} = {text}" for name, text in values.items()))
    # then none of them is its default
    plain = VideoGenerationConfig(provider="x", model="x")
    assert [n for n in values if getattr(loaded, n) == getattr(plain, n)] == []


_TWO = """
[cinematic]
provider = "fal"
model = "fal-ai/veo3"
fallback_configs = ["cheap", { provider = "runway", model = "gen4.5", timeout = 60 }]

[cheap]
provider = "openai"
model = "sora-2"
api_key = "${CHEAP_KEY}"
"""


def test_fallbacks_are_other_tables_or_tables_of_their_own() -> None:
    loaded = _load(_TWO, "cinematic", CHEAP_KEY="k")
    assert loaded.fallback_configs == (
        VideoGenerationConfig(provider="openai", model="sora-2", api_key="k"),
        VideoGenerationConfig(provider="runway", model="gen4.5", timeout=60),
    )


@pytest.mark.parametrize(
    ("top", "variables"),
    [('default = "cheap"', {}), ('default = "${WHICH}"', {"WHICH": "cheap"})],
    ids=["named", "by a variable"],
)
def test_the_file_names_the_config_that_is_meant(top: str, variables: dict[str, str]) -> None:
    assert _load(f"{top}\n{_TWO}", CHEAP_KEY="k", **variables).model == "sora-2"


def test_a_table_named_default_or_the_only_table_is_meant_without_a_name() -> None:
    assert _load(f'{_TWO}\n[default]\nprovider = "fal"\nmodel = "kling"').model == "kling"
    assert _load('[any]\nprovider = "fal"\nmodel = "veo"').model == "veo"


def test_the_mock_is_a_word_or_a_table() -> None:
    head = '[a]\nprovider = "fal"\nmodel = "m"\n'
    assert _load(f"{head}mock = true").mock == MockConfig()
    assert _load(f"{head}mock = false").mock is None
    table = """
        [a.mock]
        seed = 7
        [a.mock.polling]
        status_sequence = ["queued", "completed"]
        progress_percentages = [0, 100]
        [[a.mock.responses]]
        weight = 2
        output_video = "https://example.com/a.mp4"
        [[a.mock.responses]]
        error = "rate_limit"
        """
    mock = _load(head + table).mock
    assert mock is not None
    assert mock.seed == 7
    assert mock.polling == MockPollingConfig(
        status_sequence=("queued", "completed"), progress_percentages=(0, 100)
    )
    assert mock.responses[0] == MockResponse(weight=2, output_video="https://example.com/a.mp4")
    assert type(mock.responses[1].error) is RateLimitError


def test_a_config_of_a_file_generates() -> None:
    http = ScriptedHttp(fal.success())
    text = b'[a]\nprovider = "fal"\nmodel = "fal-ai/veo3"\napi_key = "${MY_KEY}"'
    effects = fake_effects(http=http, files={_FILE: text}, environment={"MY_KEY": "id:secret"})
    config = load_config(_FILE, effects=effects)
    assert generate_video(config, fal.REQUEST, effects=effects).video == fal.URL
    (key,) = (http.requests[0].credential or {}).values()
    assert "id:secret" in key


def test_a_real_file_and_the_real_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "video.toml"
    # A Windows editor writes a mark and other line ends.
    path.write_bytes(b'\xef\xbb\xbf[a]\r\nprovider = "${WHICH}"\r\nmodel = "m"\r\n')
    monkeypatch.setenv("WHICH", "runway")
    assert load_config(path).provider == "runway"
    assert load_config(str(path), "a").provider == "runway"
    assert list_configs(path) == ("a",)
    missing = functional.load_config(tmp_path / "no.toml")
    assert "no.toml cannot be read" in str(missing.failure())


def test_names_are_listed_in_the_order_of_the_file_and_nothing_else_is_looked_at() -> None:
    text = '[z]\n[a]\nwhat = "${MISSING}"\n[default]\n'
    effects = fake_effects(files={_FILE: text.encode()})
    assert list_configs(_FILE, effects=effects) == ("z", "a", "default")
    assert functional.list_configs(_FILE, effects=effects) == IOResult.from_value(
        ("z", "a", "default")
    )


# Variables.


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("${A}", "one"),
        ("${A}-${B_2}", "one-two"),
        ("$$", "$"),
        ("$${A}", "${A}"),
        ("$$$${A}", "$${A}"),
        ("a$b$", "a$b$"),
        ("$A", "$A"),
    ],
)
def test_a_text_has_the_values_of_its_variables(written: str, meant: str) -> None:
    text = f'[a]\nprovider = "x"\nmodel = "{written}"\nprovider_config.deep = [["{written}"]]'
    loaded = _load(text, A="one", B_2="two")
    assert loaded.model == meant
    assert loaded.provider_config == {"deep": [[meant]]}


def test_the_value_of_a_variable_is_not_read_for_further_ones() -> None:
    assert _load('[a]\nprovider = "x"\nmodel = "${A}"', A="${B}$$").model == "${B}$$"


def test_only_the_config_that_is_used_needs_its_variables() -> None:
    text = f'{_TWO}\n[alone]\nprovider = "fal"\nmodel = "m"'
    assert _load(text, "alone").model == "m"
    assert _error(text, "cinematic") == (
        "10: [cheap] api_key: the environment variable CHEAP_KEY is not set: set it"
    )


@pytest.mark.parametrize("empty", ["", " \n"])
def test_an_empty_variable_is_a_missing_one(empty: str) -> None:
    # An empty key would silently mean the one of the provider's own variable.
    assert _error(_TWO, "cheap", CHEAP_KEY=empty) == (
        "10: [cheap] api_key: the environment variable CHEAP_KEY is empty: set it"
    )


_SECRET = "sk-0123456789"


@pytest.mark.parametrize("name", ["a", _SECRET])
@pytest.mark.parametrize(
    "field",
    [
        'timeout = "${KEY}"',
        'max_poll_attempts = ["${KEY}"]',
        'unsupported = "${KEY}"',
        'base_url = "${KEY}"',
        'webhook_url = "${KEY}"',
        'fallback_on = ["${KEY}"]',
        'fallback_configs = ["${KEY}"]',
        'provider_config = "${KEY}"',
        'mock = "${KEY}"',
        'mock.seed = "${KEY}"',
        'mock.polling.status_sequence = ["${KEY}"]',
        'mock.responses = [{ error = "${KEY}" }]',
        'mock.responses = [{ output_video = "${KEY}" }]',
        f'api_key = ["{_SECRET}"]',
        f'provider_config = "{_SECRET}"',
        f'provider_config = {{ token = "{_SECRET}", other = "${{UNSET}}" }}',
        f'api_key = "{_SECRET}',
    ],
)
def test_no_message_has_a_key(field: str, name: str) -> None:
    # given a key that stands in the wrong place
    text = f'default = "${{NAME}}"\n[a]\nprovider = "x"\nmodel = "m"\n{field}\n'
    effects = fake_effects(files={_FILE: text.encode()}, environment={"KEY": _SECRET, "NAME": name})
    # when the file is loaded
    error = functional.load_config(_FILE, effects=effects).failure()
    # then it is neither in the message nor anywhere in the error
    chain: list[BaseException | None] = [error._inner_value]
    while (last := chain[-1]) is not None:
        assert _SECRET not in f"{last!r} {last} {vars(last)}"
        chain.append(last.__cause__ or last.__context__)


def test_a_config_shows_no_key() -> None:
    assert _SECRET not in repr(_load(_TWO, "cheap", CHEAP_KEY=_SECRET))


# What is wrong.

_HEAD = '# kites\n[a]\nprovider = "fal"\nmodel = """\nm"""\n'


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("tiemout = 3", "6: [a] tiemout: this field is not known; did you mean timeout?"),
        ('timeout = "9"', "6: [a] timeout: must be a number of seconds above 0, not '9'"),
        ("\n\ntimeout = true", "8: [a] timeout: must be a number of seconds above 0, not True"),
        ("timeout = nan", "6: [a] timeout: must be a number of seconds above 0, not nan"),
        ("provider_config.x.y = 1\nlisten = 1", "7: [a] listen: must be a bool, not 1"),
        ("api_key = 1234", "6: [a] api_key: must be a string"),
        ("mock.seed = 0.5", "6: [a] mock.seed: must be a whole number, not 0.5"),
        ("[a.mock]\n\nseeed = 1", "8: [a] mock.seeed: this field is not known; did you mean seed?"),
        ("mock = 1", "6: [a] mock: must be true, false or a table, not 1"),
        (
            "[[a.mock.responses]]\n[[a.mock.responses]]\nweight = 0",
            "8: [a] mock.responses[1].weight: must be a number above 0, not 0",
        ),
        (
            "mock.responses = [{ weight = 0 }]",
            "6: [a] mock.responses[0].weight: must be a number above 0, not 0",
        ),
        (
            "mock.responses = [\n  { mock_response = 1 },\n]",
            (
                "6: [a] mock.responses[0].mock_response: a file cannot have one: use "
                "output_video, or write it in Python"
            ),
        ),
        (
            "mock.polling.progress_percentages = [1]",
            "6: [a] mock.polling.progress_percentages: must be as long as status_sequence, not 1",
        ),
        (
            'fallback_configs = "b"',
            "6: [a] fallback_configs: must be a list of names of configs, not 'b'",
        ),
        (
            "fallback_configs = [1]",
            "6: [a] fallback_configs[0]: must be the name of a config or a table, not 1",
        ),
        (
            'fallback_configs = ["aa"]',
            "6: [a] fallback_configs[0]: there is no config 'aa' (there is a); did you mean a?",
        ),
        (
            'fallback_configs = [{ provider = "x" }]',
            "6: [a] fallback_configs[0]: model is missing",
        ),
        (
            'model_name = "x"',
            (
                "6: [a] model_name: this field is not known: use provider, model, api_key, "
                "base_url, api_version, timeout, max_poll_attempts, poll_interval, "
                "request_timeout, listen, webhook_url, max_json_bytes, max_video_bytes, mock, "
                "fallback_configs, provider_config, unsupported, fallback_on"
            ),
        ),
        (
            'base_url = "${B}"',
            (
                "6: [a] base_url: must be a URL with http:// or https://, without user, query, "
                "fragment"
            ),
        ),
        (
            'unsupported = "${W}"',
            "6: [a] unsupported: must be one of 'adapt', 'error', 'warn', not '${W}'",
        ),
        (
            'webhook_url = "https://a.example/${N}"',
            "6: [a] webhook_url: the value of its variable cannot be used",
        ),
        (
            'model2 = "${',
            "6: this is not TOML: Illegal character '\\n' (column 13)",
        ),
        (
            'api_version = "${a-b}"',
            (
                "6: [a] api_version: ${ begins a variable, such as ${FAL_KEY}: write $${ for the "
                "characters ${"
            ),
        ),
    ],
)
def test_an_error_says_where_it_is_and_what_is_expected(field: str, message: str) -> None:
    assert _error(f"{_HEAD}{field}\n", B="kite", W="kite", N="é") == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", " it has no config: write a table such as [fast] with provider and model"),
        ('[a]\nmodel = "m"', "1: [a] provider is missing"),
        (
            'timeout = 3\n[a]\nprovider = "x"',
            "1: timeout: it belongs to no config: write the name of one above it, such as [fast]",
        ),
        ("default = 1\n[a]", "1: default: must be the name of a config, in quotes"),
        (
            'default = "aa"\n[a]\n[bb]',
            "1: default: there is no config 'aa' (there is a, bb); did you mean a?",
        ),
        ('default = "${A}"\n[a]', "1: default: the environment variable A is not set: set it"),
        ("[a]\n[b]", ' name one of a, b, or write default = "NAME" at the top of the file'),
        ("[a]\nb = \n", "2: this is not TOML: Invalid value (column 5)"),
        ("[a]\nb = ", "2: this is not TOML: Invalid value (at its end)"),
        ("[a]\n[a]", "2: this is not TOML: Cannot declare ('a',) twice (column 3)"),
        (b"[a]\nb = '\xff'", " it is not UTF-8: save it as UTF-8 text"),
        (f"[a]\nb = {'[' * 100_000}", " its values are nested too deeply"),
        (
            '[[a]]\nprovider = "x"',
            "1: a: it belongs to no config: write the name of one above it, such as [fast]",
        ),
    ],
)
def test_a_file_without_a_usable_config_is_refused(text: str | bytes, message: str) -> None:
    assert _error(text) == message


def test_a_config_that_does_not_exist_is_refused_with_those_that_do() -> None:
    assert _error(_TWO, "cinmatic") == (
        " there is no config 'cinmatic' (there is cinematic, cheap); did you mean cinematic?"
    )


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ({"a": '["a"]'}, "4: [a] fallback_configs[0]: the fallbacks go round in a circle: a -> a"),
        (
            {"a": '["b"]', "b": '["c"]', "c": '["x", "b"]', "x": "[]"},
            "12: [c] fallback_configs[1]: the fallbacks go round in a circle: b -> c -> b",
        ),
        (
            {"a": '[{ provider = "p", model = "m", fallback_configs = ["a"] }]'},
            (
                "4: [a] fallback_configs[0].fallback_configs[0]: the fallbacks go round in a "
                "circle: a -> a"
            ),
        ),
    ],
)
def test_fallbacks_that_go_round_in_a_circle_are_refused(
    links: Mapping[str, str], message: str
) -> None:
    text = "\n".join(
        f'[{name}]\nprovider = "p"\nmodel = "m"\nfallback_configs = {names}'
        for name, names in links.items()
    )
    assert _error(text, "a") == message


def test_two_configs_may_share_a_fallback() -> None:
    text = "\n".join(
        f'[{name}]\nprovider = "p"\nmodel = "{name}"\nfallback_configs = {names}'
        for name, names in {"a": '["b", "c"]', "b": '["c"]', "c": "[]"}.items()
    )
    assert [config.model for config in _load(text, "a").fallback_configs or ()] == ["b", "c"]


# Lines.


def test_the_line_of_a_key_is_found_among_all_that_looks_like_keys() -> None:
    text = (
        "a = '''\n[b]\nc = 1'''  # [d]\n"
        '"k ]" = [ # ]\n  "]", [[1]], { x = "}" },\n]\n'
        '[ t . "u.v" ] # [w]\n'
        'e = """\\"""\nf = 2""""\n'
        "'g' = 1979-05-27T07:32:00Z\n"
        "h.i = {}\n"
        "[[l]]\nm=1\n[l.n]\no=1\n[[l]]\n[[l.p]]\nq=1\n"
    )
    tomllib.loads(text)
    assert lines_of(text) == {
        ("a",): 1,
        ("k ]",): 4,
        ("t",): 7,
        ("t", "u.v"): 7,
        ("t", "u.v", "e"): 8,
        ("t", "u.v", "g"): 10,
        ("t", "u.v", "h"): 11,
        ("t", "u.v", "h", "i"): 11,
        ("l",): 12,
        ("l", 0): 12,
        ("l", 0, "m"): 13,
        ("l", 0, "n"): 14,
        ("l", 0, "n", "o"): 15,
        ("l", 1): 16,
        ("l", 1, "p"): 17,
        ("l", 1, "p", 0): 17,
        ("l", 1, "p", 0, "q"): 18,
    }


_BARE = st.from_regex(r"[a-z_-]{1,3}", fullmatch=True)
_KEYS = st.one_of(
    _BARE, _BARE.map(lambda key: f'"{key}]=#\\" "'), _BARE.map(lambda key: f"'{key}.#'")
)
_VALUES = st.sampled_from(
    [
        "1",
        '"#[a]"',
        "'\\'",
        '"""\n[x]\ny = 1\n"""',
        "'''\n\"\"\"\n'''",
        "[\n1, # ]\n2]",
        '[["]"], {a = "\\""}]',
        '{ a = [1], b = "}" } # end',
        '"""a\\"""b""""',
        "07:32:00",
    ]
)


@given(
    st.lists(
        st.tuples(_KEYS, st.lists(st.tuples(_KEYS, _VALUES), unique_by=lambda pair: pair[0])),
        unique_by=lambda table: table[0],
    ),
    st.sampled_from(["\n", "\r\n", "\n\n  \t", " # [no]\n"]),
)
def test_each_key_is_on_its_line_whatever_is_around_it(
    tables: list[tuple[str, list[tuple[str, str]]]], end: str
) -> None:
    # given a text of which it is known where it has which key
    text, known = "", dict[KeyPath, int]()
    for table, fields in tables:
        known[_one(table),] = text.count("\n") + 1
        text += f"[{table}]{end}"
        for key, value in fields:
            known[_one(table), _one(key)] = text.count("\n") + 1
            text += f"{key} = {value}{end}"
    # then a reader of TOML takes it, and each key is found there
    tomllib.loads(text)
    assert lines_of(text) == known


def _one(key: str) -> str:
    (name,) = tomllib.loads(f"{key} = 0")
    return name


def test_a_table_is_not_read_where_an_attribute_would_do() -> None:
    # A key of a table may be any text, also one that a class has as a method.
    message: Any = _error('[a]\nprovider = "x"\nmodel = "m"\n__init__ = 1')
    assert message.startswith("4: [a] __init__: this field is not known")
