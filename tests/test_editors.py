"""What editors complete: the names of the model tables, and any other text is allowed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import known_models
from tests.support.language_server import LanguageServer, is_installed

from tarash.tarash_gateway import VideoGenerationConfig, list_models

_IMPORTS = """
from tarash.tarash_gateway import (
    VideoGenerationConfig, VideoGenerationRequest, functional, generate_video,
    generate_video_async, generate_videos, list_models,
)
from tarash.tarash_gateway.webhooks import asgi_receiver

"""


def test_the_stub_has_the_names_of_the_tables() -> None:
    # otherwise: python -m tests.support.known_models
    assert known_models.PAGE.read_text(encoding="utf-8") == known_models.page()


def test_names_are_those_of_models_that_are_offered() -> None:
    # given the models that are listed today, and those that are listed with an end
    listed = {info.name: info.retires for info in list_models(retired=True)}

    # then each that has no end is completed, and no other
    assert set(known_models.names()["KnownName"]) == {
        name for name, end in listed.items() if end is None
    }


def test_every_name_that_is_completed_makes_a_config() -> None:
    for name in known_models.names()["KnownName"]:
        provider, _, model = name.partition(":")
        config = VideoGenerationConfig(provider=provider, model=model)
        assert (config.provider, config.model) == (provider, model)


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    if not is_installed():
        pytest.skip("pyright is not installed: it is of the extra dev")
    with LanguageServer.running(Path(tmp_path_factory.mktemp("program"))) as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "offered"),
    [
        ('VideoGenerationConfig(provider="^", model="fal-ai/veo3")', "fal"),
        ('VideoGenerationConfig(provider="fal", model="^")', "fal-ai/veo3"),
        ('VideoGenerationConfig(provider="fal", model="", fallback_on=["^"])', "rate_limit"),
        ('generate_video("^")', "fal:fal-ai/veo3"),
        ('generate_video("fal:fal-ai/v^", "a kite")', "fal:fal-ai/veo3"),
        ('generate_video_async("^", "a kite")', "replicate:google/veo-3.1"),
        ('functional.plan_video("^", "a kite")', "runway:gen4.5"),
        ('generate_videos("", [("^", "a kite")])', "runway:gen4.5"),
        ('generate_video("", "a kite", on_progress="^")', "bar"),
        ('generate_video("", "a kite", on_interrupt="^")', "cancel"),
        ('list_models("^")', "azure-openai"),
        ('list_models(resolution="^")', "1080p"),
        ('asgi_receiver("^")', "replicate"),
        ('VideoGenerationRequest(prompt="a kite", aspect_ratio="^")', "9:16"),
        (
            'VideoGenerationRequest(prompt="", image_list=[{"image": "", "type": "^"}])',
            "last_frame",
        ),
    ],
)
def test_an_editor_completes_inside_the_quotes(
    editor: LanguageServer, program: str, offered: str
) -> None:
    assert f'"{offered}"' in editor.completed(_IMPORTS + program)


@pytest.mark.slow
def test_an_editor_shows_types_by_their_names(editor: LanguageServer) -> None:
    # given signatures that mention hundreds of names
    config = editor.signature(_IMPORTS + "VideoGenerationConfig(^)")
    call = editor.signature(_IMPORTS + "generate_video(^)")

    # then what is shown has the name of the type, and none of them
    assert "provider: KnownProvider, model: KnownModel," in config
    assert "config: ConfigLike, request: RequestLike," in call
    assert "veo3" not in config + call
    # and the field of a config is a plain text
    program = 'VideoGenerationConfig(provider="fal", model="fal-ai/veo3").mode^l'
    assert "model: str" in editor.hover(_IMPORTS + program)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("VideoGenerationConfig^", "Where to generate"),
        ("VideoGenerationRequest^", "One video to make"),
        ("generate_video^", "Generate a video and wait"),
        ("generate_video_async^", "Generate a video and wait"),
        ("functional.generate_video^", "Generate a video and wait"),
    ],
)
def test_an_editor_shows_what_a_name_is_for(
    editor: LanguageServer, program: str, told: str
) -> None:
    assert told in editor.hover(_IMPORTS + program)
