"""What users of the original package wrote works as it stands in their files.

Source of the names and signatures: github.com/vertexcover-io/tarash, packages/tarash-gateway,
read on 2026-11-26.
"""

import pickle
import subprocess
import sys
from importlib import metadata
from typing import get_args

import attrs
import pytest

import tarash.tarash_gateway
from tarash.tarash_gateway import ImageInput, codec, exceptions, generate_video, models
from tarash.tarash_gateway.exceptions import TarashException
from tarash.tarash_gateway.mock import MockConfig, MockPollingConfig, MockResponse
from tarash.tarash_gateway.models import (
    AspectRatio,
    ImageType,
    Resolution,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationUpdate,
)
from tarash.tarash_gateway.testing import fake_effects

_ERRORS = [
    cls
    for cls in vars(exceptions).values()
    if isinstance(cls, type) and issubclass(cls, TarashException)
]


def test_the_mock_has_its_configs() -> None:
    outcome = MockResponse(output_video="https://example.com/a.mp4")
    mock = MockConfig(enabled=True, responses=[outcome], polling=MockPollingConfig())
    assert mock.responses == (outcome,)


def test_an_image_with_a_role_is_made_by_its_name() -> None:
    image = ImageType(image="https://example.com/a.png", type="last_frame")
    assert image == {"image": "https://example.com/a.png", "type": "last_frame"}
    request = VideoGenerationRequest(prompt="a kite", image_list=[image])
    assert request.image_list == (ImageInput(image="https://example.com/a.png", type="last_frame"),)
    assert tarash.tarash_gateway.ImageType is models.ImageType


@pytest.mark.parametrize("cls", _ERRORS, ids=lambda cls: cls.__name__)
def test_an_error_takes_its_message_by_place(cls: type[TarashException]) -> None:
    # given an error made from a sentence alone
    error = cls("what happened", provider="fal")
    # then it says it, and is the same after a pickle and after JSON
    assert (error.message, str(error)) == ("what happened", "fal: what happened")
    assert error == cls(message="what happened", provider="fal")
    assert pickle.loads(pickle.dumps(error)) == error  # noqa: S301 - our own bytes
    read = codec.from_json(codec.to_json(error), cls)
    assert (type(read), read) == (cls, error)


@pytest.mark.parametrize("cls", _ERRORS, ids=lambda cls: cls.__name__)
def test_an_error_says_which_status_it_comes_from(cls: type[TarashException]) -> None:
    assert cls("no").status_code is None
    error = cls("no", status_code=401)
    assert pickle.loads(pickle.dumps(error)).status_code == 401  # noqa: S301 - our own bytes
    assert codec.from_json(codec.to_json(error), cls).status_code == 401


async def test_the_callback_may_be_the_third_argument() -> None:
    heard: list[VideoGenerationUpdate] = []
    config = VideoGenerationConfig(
        provider="fal", model="fal-ai/veo3", mock=MockConfig(enabled=True)
    )
    request = VideoGenerationRequest(prompt="a kite")
    generate_video(config, request, heard.append, effects=fake_effects())
    blocking = [update.status for update in heard]
    heard.clear()
    await tarash.tarash_gateway.generate_video_async(
        config, request, heard.append, effects=fake_effects()
    )
    assert blocking == [update.status for update in heard]
    assert blocking[-1] == "completed"


def test_the_names_of_values_and_callbacks_are_there() -> None:
    assert "16:9" in get_args(AspectRatio)
    assert "1080p" in get_args(Resolution)
    for name in (
        "AspectRatio",
        "AsyncProgressCallback",
        "ProgressCallback",
        "ProviderHandler",
        "Resolution",
        "SyncProgressCallback",
    ):
        assert getattr(tarash.tarash_gateway, name) is getattr(models, name)


def test_the_version_is_known_and_read_only_when_asked_for() -> None:
    assert tarash.tarash_gateway.__version__ == metadata.version("tarash-gateway")
    with pytest.raises(AttributeError, match="has no attribute '__vision__'"):
        tarash.tarash_gateway.__vision__  # type: ignore[attr-defined]  # noqa: B018 - the mistake
    probe = (
        "import importlib.metadata as m\n"
        "m.version = m.distribution = None\n"
        "import tarash.tarash_gateway as t\n"
        "print('__version__' in vars(t))"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert ran.stdout.strip() == "False"


def test_errors_have_no_field_that_is_needed_but_the_message() -> None:
    for cls in _ERRORS:
        needed = [f.name for f in attrs.fields(cls) if f.init and f.default is attrs.NOTHING]
        assert needed == ["message"]
