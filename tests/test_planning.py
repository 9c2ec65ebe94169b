"""What can be known for free, before anything is sent."""

import json
import shlex
import threading
from pathlib import Path

import attrs
import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    AuthenticationError,
    MockConfig,
    TarashException,
    ValidationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoPlan,
    codec,
    generate_video,
    generate_video_async,
    plan_video,
)
from tarash.tarash_gateway.http.messages import FormPart
from tarash.tarash_gateway.outcome import IOOutcome
from tarash.tarash_gateway.testing import FakeFiles, ScriptedHttp, fake_effects

_VEO = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")


def _fails(config: VideoGenerationConfig, **environment: str) -> TarashException:
    http = ScriptedHttp([])
    effects = fake_effects(http=http, environment=environment)
    with pytest.raises(TarashException) as caught:
        generate_video(config, fal.REQUEST, effects=effects)
    assert http.requests == []
    return caught.value


def test_the_plan_of_the_first_example() -> None:
    request = VideoGenerationRequest(
        prompt="A drone shot over mountain peaks at golden hour",
        duration_seconds=5,
        aspect_ratio="16:9",
        resolution="1080p",
    )
    plan = plan_video(_VEO, request, effects=fake_effects())
    assert (plan.provider, plan.model) == ("fal", "fal-ai/veo3")
    assert (plan.method, plan.url) == ("POST", "https://queue.fal.run/fal-ai/veo3")
    assert plan.headers == {
        "Accept": "application/json",
        "Authorization": "Key $FAL_KEY",
        "Content-Type": "application/json",
    }
    assert plan.body == {
        "prompt": "A drone shot over mountain peaks at golden hour",
        "duration": "6s",
        "resolution": "1080p",
        "aspect_ratio": "16:9",
    }
    assert plan.parts is None
    assert plan.warnings == ("duration_seconds 5 became 6: fal-ai/veo3 takes 4, 6 or 8",)
    # What a price list multiplies is what is sent, and not what was wished for.
    assert (plan.duration, plan.resolution, plan.aspect_ratio) == (6.0, "1080p", "16:9")


def test_a_plan_is_a_command_for_a_shell() -> None:
    request = VideoGenerationRequest(prompt='it\'s a "kite" for $5 `now`')
    words = shlex.split(plan_video(_VEO, request, effects=fake_effects()).curl())
    assert words[:4] == ["curl", "-X", "POST", "https://queue.fal.run/fal-ai/veo3"]
    assert "Authorization: Key $FAL_KEY" in words
    assert json.loads(words[words.index("--data-raw") + 1]) == {"prompt": request.prompt}


def test_the_plan_of_a_form_names_its_files() -> None:
    plan = VideoPlan(
        provider="p",
        model="m",
        method="POST",
        url="https://example.com/v",
        headers={},
        parts=(
            FormPart(name="prompt", value="@not a file"),
            FormPart(name="image", filename="a.png", content_type="image/png", content=b"x"),
            FormPart(name="raw", content=b"x"),
        ),
    )
    words = shlex.split(plan.curl())
    assert words[4:] == [
        *("--form-string", "prompt=@not a file"),
        *("-F", "image=@a.png;type=image/png"),
        *("-F", "raw=@raw"),
    ]


def test_a_plan_reads_the_files_that_the_request_names() -> None:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3/image-to-video")
    request = VideoGenerationRequest(prompt="p", image_list=[Path("a.png")])
    effects = fake_effects(files={Path("a.png"): b"\x89PNG"})
    plan = plan_video(config, request, effects=effects)
    assert plan.body["image_url"] == "data:image/png;base64,iVBORw=="
    with pytest.raises(ValidationError, match=r"the file a\.png cannot be read"):
        plan_video(config, request, effects=fake_effects())


def test_a_plan_survives_json() -> None:
    plan = plan_video(_VEO, fal.REQUEST, effects=fake_effects())
    assert codec.from_json(codec.to_json(plan), VideoPlan) == plan


def test_a_missing_key_names_its_variables() -> None:
    error = _fails(_VEO)
    assert isinstance(error, AuthenticationError)
    assert str(error) == (
        "fal/fal-ai/veo3: no key for fal: set FAL_KEY, or FAL_KEY_ID and FAL_KEY_SECRET, "
        "or give api_key in the config"
    )


@pytest.mark.parametrize(
    ("environment", "header"),
    [
        ({"FAL_KEY": " id:secret\n"}, "Key id:secret"),
        ({"FAL_KEY_ID": "id", "FAL_KEY_SECRET": "secret"}, "Key id:secret"),
        ({"FAL_KEY": "a:b", "FAL_KEY_ID": "id", "FAL_KEY_SECRET": "secret"}, "Key a:b"),
    ],
)
def test_a_key_comes_from_the_environment(environment: dict[str, str], header: str) -> None:
    http = ScriptedHttp(fal.success())
    generate_video(_VEO, fal.REQUEST, effects=fake_effects(http=http, environment=environment))
    assert [dict(asked.credential) for asked in http.requests] == [{"Authorization": header}] * 3


def test_half_a_key_is_none() -> None:
    assert isinstance(_fails(_VEO, FAL_KEY_ID="id"), AuthenticationError)
    assert isinstance(_fails(_VEO, FAL_KEY="  "), AuthenticationError)


def test_an_unknown_provider_is_refused_with_the_known_ones() -> None:
    error = _fails(VideoGenerationConfig(provider="fall", model="m"))
    assert isinstance(error, ValidationError)
    assert "provider 'fall' is not known: use one of " in error.message
    assert "fal, " in error.message


@pytest.mark.parametrize("model", ["veo3", "fal-ai//veo3"])
def test_a_model_that_is_no_endpoint_is_refused(model: str) -> None:
    assert "must be a fal endpoint id" in _fails(fal.config(model=model)).message


def test_a_fallback_is_checked_before_anything_is_sent() -> None:
    error = _fails(fal.config(fallback_configs=[_VEO, fal.config()]))
    assert isinstance(error, AuthenticationError)
    assert error.attempts == ()


def test_strict_configs_refuse_what_would_be_adjusted() -> None:
    config = fal.config(unsupported="error")
    request = VideoGenerationRequest(prompt="p", duration_seconds=5)
    with pytest.raises(ValidationError, match=r"became 6.*unsupported='error' refuses this"):
        plan_video(config, request, effects=fake_effects())
    assert plan_video(config, fal.REQUEST, effects=fake_effects()).warnings == ()


def test_a_model_without_a_row_is_sent_with_a_warning() -> None:
    config = fal.config(model="acme/new-model/text-to-video", unsupported="error")
    request = VideoGenerationRequest(prompt="p", duration_seconds=7, resolution="999p", seed=0)
    plan = plan_video(config, request, effects=fake_effects())
    assert plan.body == {"prompt": "p", "duration": 7, "resolution": "999p", "seed": 0}
    (told,) = plan.warnings
    assert "is not in fal's model table" in told


def test_a_mock_needs_no_key_and_a_disabled_one_does() -> None:
    mocked = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=MockConfig())
    assert generate_video(mocked, fal.REQUEST, effects=fake_effects()).is_mock
    off = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=MockConfig(enabled=False))
    assert isinstance(_fails(off), AuthenticationError)


def test_another_base_url_gets_the_key() -> None:
    http = ScriptedHttp(fal.success())
    config = fal.config(base_url="http://localhost:8000/fal/")
    generate_video(config, fal.REQUEST, effects=fake_effects(http=http))
    assert [asked.url for asked in http.requests] == [
        "http://localhost:8000/fal/fal-ai/veo3",
        "http://localhost:8000/fal/fal-ai/veo3/requests/job-1/status?logs=1",
        "http://localhost:8000/fal/fal-ai/veo3/requests/job-1",
    ]
    assert all(asked.credential for asked in http.requests)


def test_fal_headers_of_the_config_are_sent_and_others_are_not() -> None:
    config = fal.config(
        provider_config={"headers": {"X-Fal-No-Retry": "1", "Authorization": "Key other"}}
    )
    plan = plan_video(config, fal.REQUEST, effects=fake_effects())
    assert plan.headers["X-Fal-No-Retry"] == "1"
    assert plan.headers["Authorization"] == "Key $FAL_KEY"


async def test_asyncio_reads_files_beside_the_event_loop() -> None:
    threads: list[threading.Thread] = []

    class Watched(FakeFiles):
        def read(self, path: Path) -> IOOutcome[bytes]:
            threads.append(threading.current_thread())
            return super().read(path)

    config = fal.config(model="fal-ai/veo3/image-to-video")
    request = VideoGenerationRequest(prompt="p", image_list=[Path("a.png")])
    effects = attrs.evolve(
        fake_effects(http=ScriptedHttp(fal.success())), files=Watched({Path("a.png"): b"\x89PNG"})
    )
    assert (await generate_video_async(config, request, effects=effects)).video == fal.URL
    assert threads
    assert threading.current_thread() not in threads
