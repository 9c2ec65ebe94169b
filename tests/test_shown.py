"""How values look where people meet them: in a console, a notebook, a log, and in ``help``."""

import importlib
import io
import pydoc
import re
from base64 import b64decode
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import pytest
from rich.console import Console
from rich.pretty import pretty_repr
from tests.support import fal_replies as fal

from tarash import tarash_gateway
from tarash.tarash_gateway import (
    GenerationFailedError,
    JournalEntry,
    MediaContent,
    MockConfig,
    TarashException,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    generate_video,
    generate_videos,
    models,
    plan_video,
)
from tarash.tarash_gateway.exceptions import ERRORS
from tarash.tarash_gateway.providers.fal import PROVIDER
from tarash.tarash_gateway.testing import fake_effects
from tarash.tarash_gateway.values.shown import MOST, Shown

_LONG = "a kite over the sea " * 500
_NESTED: dict[str, Any] = {}
for _ in range(5_000):
    _NESTED = {"deeper": _NESTED}
_MOCKED = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=MockConfig())


def _response(**changes: Any) -> VideoGenerationResponse:
    made = generate_video(_MOCKED, "a kite", effects=fake_effects(), **changes)
    return attrs.evolve(made, warnings=("a <b>warning</b>",))


def _values() -> list[Any]:
    response = _response()
    request = VideoGenerationRequest(
        prompt=_LONG,
        negative_prompt=_LONG,
        image_list=[b"GIF89a" + b"\0" * 10_000] * 20,
        extra_params={"prompt_2": _LONG, "deep": _NESTED, **{f"p{n}": n for n in range(99)}},
    )
    config = VideoGenerationConfig(
        provider="fal",
        model=_LONG,
        api_key="canary",
        provider_config={"headers": {"X-Key": "canary"}},
        fallback_configs=[_MOCKED] * 30,
    )
    assert response.generation is not None
    job = attrs.evolve(response.generation, request=request, configs=(config,) * 9)
    plan = plan_video(
        "fal:fal-ai/veo3", VideoGenerationRequest(prompt=_LONG), effects=fake_effects()
    )
    error = GenerationFailedError(_LONG, provider="fal", raw_response=_NESTED, generation=job)
    return [
        request,
        config,
        job,
        plan,
        error,
        PROVIDER,
        response,
        attrs.evolve(response, raw_response=_NESTED, provider_metadata={"a": _LONG}),
        VideoGenerationUpdate(request_id=_LONG, status="queued", logs=(_LONG,) * 50),
        JournalEntry(generation=job, state="accepted", updated_at=datetime.now(UTC)),
        *generate_videos(_MOCKED, ["a kite"], effects=fake_effects()),
    ]


def test_a_value_is_shown_in_a_line_or_two() -> None:
    for value in _values():
        text = repr(value)
        assert text.startswith(f"{type(value).__name__}(")
        assert text.endswith(")")
        assert len(text) <= MOST
        assert "canary" not in text
        # and rich, which breaks lines itself, gets no more of each field
        wide = pretty_repr(value, max_width=120)
        assert "canary" not in wide
        assert len(wide) < 30_000


def test_only_what_differs_from_the_defaults_is_shown() -> None:
    config = VideoGenerationConfig(provider="fal", model="veo3")
    assert repr(config) == "VideoGenerationConfig(provider='fal', model='veo3')"
    # A limit that was given is one, even if it is the number that is documented.
    given = attrs.evolve(config, max_poll_attempts=120, timeout=600, provider_config={"a": "k"})
    assert repr(given) == (
        "VideoGenerationConfig(provider='fal', model='veo3', max_poll_attempts=120, "
        "provider_config={'a': ...})"
    )
    request = VideoGenerationRequest(prompt="it's", seed=0, generate_audio=False, cfg_scale=0.5)
    assert repr(request) == (
        'VideoGenerationRequest(prompt="it\'s", generate_audio=False, seed=0, '
        "extra_params={'cfg_scale': 0.5})"
    )
    response = VideoGenerationResponse(
        request_id="1", video=MediaContent(b"abc", "video/mp4"), raw_response={"a": 1, "b": 2}
    )
    assert repr(response) == (
        "VideoGenerationResponse(request_id='1', video=MediaContent(content=<3 bytes>, "
        "content_type='video/mp4'), raw_response=<2 keys>)"
    )


def test_what_finds_no_room_is_marked() -> None:
    text = repr(VideoGenerationRequest(prompt=_LONG, negative_prompt=_LONG, resolution=_LONG))
    assert text.count("...'") == 2
    assert text.endswith(", ...)")


def test_every_public_value_and_error_shows_itself_so() -> None:
    values = {
        name: value
        for name in dir(models)
        if isinstance(value := getattr(models, name), type) and attrs.has(value)
    }
    assert len(values) > 15
    for name, value in {**values, **ERRORS}.items():
        assert value.__repr__ is Shown.__repr__, name


def test_rich_shows_the_same_fields() -> None:
    request = VideoGenerationRequest(prompt="a kite", image_list=[b"GIF89a"])
    console = Console(width=60, record=True, file=io.StringIO())
    console.print(request)
    assert "image=MediaContent(" in console.export_text()
    assert "negative_prompt" not in pretty_repr(request)


# Notebooks.


class _Page(HTMLParser):
    """What a browser makes of a text: its tags with their attributes, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.words += data

    @property
    def source(self) -> str | None:
        """What is played."""
        return next((a["src"] for tag, a in self.tags if tag == "video"), None)


def _played(source: str | None) -> bytes:
    kind, _, data = (source or "").partition(";base64,")
    assert kind == "data:video/mp4"
    return b64decode(data, validate=True)


def test_a_notebook_plays_the_video() -> None:
    response = _response()
    page = _Page(response._repr_html_())
    # then the bytes of the mock's clip are in it, and are a video
    assert isinstance(response.video, MediaContent)
    content = _played(page.source)
    assert content == response.video.content
    assert content[4:8] == b"ftyp"
    assert ("video", "controls") in [(tag, name) for tag, a in page.tags for name in a]
    # and what others wrote is text
    assert "a <b>warning</b>" in page.words
    assert "2 s, 720p, 16:9, mock" in page.words


def test_a_notebook_plays_a_url_or_the_saved_file(tmp_path: Path) -> None:
    url = 'https://example.com/a.mp4?x="><script>'
    response = VideoGenerationResponse(request_id="1", video=url)
    page = _Page(response._repr_html_())
    assert page.source == url
    assert [tag for tag, _ in page.tags] == ["div", "video", "br", "small"]
    # A file does not expire.
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"the clip")
    saved = attrs.evolve(response, path=path)
    assert _played(_Page(saved._repr_html_()).source) == b"the clip"
    path.unlink()
    assert _Page(saved._repr_html_()).source == url
    assert str(path) in _Page(saved._repr_html_()).words


@pytest.mark.parametrize("video", ["gs://bucket/a.mp4", "javascript:alert(1)", "data:text/html,x"])
def test_what_a_browser_cannot_play_is_a_text(video: str) -> None:
    page = _Page(VideoGenerationResponse(request_id="1", video=video)._repr_html_())
    assert page.source is None
    assert page.words == video


def test_a_large_video_is_not_put_into_a_notebook(tmp_path: Path) -> None:
    large = MediaContent(bytes(17 * 2**20), "video/mp4")
    response = VideoGenerationResponse(request_id="1", video=large)
    assert _Page(response._repr_html_()).words == f"<{17 * 2**20} bytes>"
    path = tmp_path / "large.mp4"
    path.write_bytes(large.content)
    saved = attrs.evolve(response, video="https://example.com/a.mp4", path=path)
    assert _Page(saved._repr_html_()).source == "https://example.com/a.mp4"


def test_plans_and_jobs_are_tables() -> None:
    plan = plan_video(fal.config(), VideoGenerationRequest(prompt="<i>"), effects=fake_effects())
    page = _Page(plan._repr_html_())
    assert "POST https://queue.fal.run/fal-ai/veo3" in page.words
    assert "prompt<i>" in page.words
    job = _response().generation
    assert job is not None
    assert "modelfal:fal-ai/veo3" in _Page(job._repr_html_()).words
    entry = JournalEntry(
        generation=job, state="failed", updated_at=job.started_at, message="no & no"
    )
    assert "statusfailed" in _Page(entry._repr_html_()).words
    assert "whyno & no" in _Page(entry._repr_html_()).words


# Names and help.


@pytest.mark.parametrize(
    "name", ["api", "models", "exceptions", "functional", "testing", "provider_kit"]
)
def test_a_module_lists_its_public_names(name: str) -> None:
    module = importlib.import_module(f"tarash.tarash_gateway.{name}")
    names = dir(module)
    assert all(hasattr(module, each) for each in names)
    assert not {"attrs", "Any", "Final", "Callable", "annotations"} & set(names)
    assert not [each for each in names if each.startswith("_")]
    assert len(names) >= 15


def test_the_package_lists_its_public_names() -> None:
    # given modules of its inside that were loaded
    importlib.import_module("tarash.tarash_gateway.running.verbs")
    names = dir(tarash_gateway)
    assert {"generate_video", "list_models", "ModelInfo", "models", "__version__"} <= set(names)
    assert not {"running", "values", "TYPE_CHECKING", "_later", "annotations"} & set(names)
    assert set(vars(tarash_gateway)["__all__"]) <= set(names)


@pytest.mark.parametrize("name", ["generate_video", "list_models", "start_video_async"])
def test_help_shows_the_real_signature(name: str) -> None:
    text = pydoc.plain(pydoc.render_doc(getattr(tarash_gateway, name)))
    # Python 3.13 writes a parameter a line.
    assert re.search(rf"{name}\(\s*(config|provider): ", text)
    assert "*arguments" not in text
    assert "**options" not in text
    assert "effects: " in text


def test_an_error_is_shown_by_its_message() -> None:
    error = TarashException("slow down", provider="fal", raw_response={"a": 1})
    assert repr(error) == "TarashException(message='slow down', provider='fal')"
