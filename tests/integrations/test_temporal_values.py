"""What goes through Temporal: values, errors, and what is refused before it does."""

import dataclasses
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client
from temporalio.converter import (
    DataConverter,
    DefaultPayloadConverter,
    PayloadCodec,
)
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    ContentModerationError,
    HTTPError,
    JobInUseError,
    MediaContent,
    RateLimitError,
    SqliteJournal,
    TarashException,
    ValidationError,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
    WebhookError,
    start_video,
)
from tarash.tarash_gateway.exceptions import ERRORS
from tarash.tarash_gateway.integrations.temporal import (
    GenerateVideo,
    VideoActivities,
    VideoOrder,
    VideoPayloadConverter,
    VideoStatus,
    application_error,
    data_converter,
    error_of,
    key_of_workflow,
    video_plugin,
    workflow_of_key,
)
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.submission_key import wrong_key

_CONVERTER = data_converter.payload_converter
_ORDER = VideoOrder(
    config=VideoGenerationConfig(
        provider="fal",
        model="fal-ai/veo3",
        fallback_configs=[VideoGenerationConfig(provider="runway", model="gen4.5")],
        fallback_on=["http", "timeout"],
    ),
    request=VideoGenerationRequest(
        prompt="größer",
        image_list=["https://example.com/a.png", Path("/media/b.png"), b"\x89PNG\r\n\x1a\n"],
        cfg_scale=0.5,
    ),
    save_to="/videos/",
    webhook_within=600,
    on_cancel="cancel",
)


@dataclasses.dataclass
class _Batch:
    """What somebody's own workflow might be given."""

    customer: str
    orders: list[VideoOrder]
    status: VideoStatus | None = None


def _there_and_back(value: object, kind: Any) -> Any:
    (payload,) = _CONVERTER.to_payloads([value])
    # What another language's SDK, the web page and the command line can read.
    assert payload.metadata["encoding"] == b"json/plain"
    return _CONVERTER.from_payloads([payload], [kind])[0]


def _job() -> VideoGeneration:
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")
    effects = fake_effects(
        http=ScriptedHttp([fal.queued()]), environment={"FAL_KEY": "very-secret"}
    )
    return start_video(config, fal.REQUEST, effects=effects)


@pytest.mark.parametrize(
    "value",
    [
        _ORDER,
        _ORDER.config,
        _ORDER.request,
        VideoStatus(stage="submitting", key="k"),
        _job(),
        RateLimitError("slow down", retry_after=2.0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_survives_temporal(value: object) -> None:
    assert _there_and_back(value, type(value)) == value


def test_a_value_survives_inside_of_values_of_others() -> None:
    batch = _Batch("c-1", [_ORDER, _ORDER], VideoStatus(stage="waiting", key="k"))
    assert _there_and_back(batch, _Batch) == batch
    assert _there_and_back({"a": 1}, dict[str, int]) == {"a": 1}


@given(
    prompt=st.text(min_size=1).filter(lambda text: text.strip()),
    seed=st.none() | st.integers(),
    guidance=st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.text(),
)
def test_any_request_survives_temporal(prompt: str, seed: int | None, guidance: object) -> None:
    try:
        order = VideoOrder(
            config=_ORDER.config,
            request=VideoGenerationRequest(
                prompt=prompt, seed=seed, extra_params={"guidance": guidance}
            ),
        )
    except ValidationError:
        # Half of a surrogate pair in the prompt, or a user in a URL.
        return
    assert _there_and_back(order, VideoOrder) == order


def test_other_json_is_refused() -> None:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=b'{"config": 1}')
    with pytest.raises(ValidationError, match="not the JSON of a VideoOrder"):
        _CONVERTER.from_payloads([payload], [VideoOrder])


def test_no_payload_has_a_key() -> None:
    order = attrs.evolve(_ORDER, config=attrs.evolve(_ORDER.config, api_key="very-secret"))
    error = HTTPError(
        "no",
        status_code=500,
        raw_response={"echo": {"Authorization": "very-secret", "prompt": "a kite"}},
        generation=_job(),
    )
    failure = Failure()
    converter = data_converter.failure_converter
    converter.to_failure(application_error(error), _CONVERTER, failure)
    texts = [
        *(payload.data for payload in _CONVERTER.to_payloads([order, _job()])),
        failure.SerializeToString(),
    ]
    assert b"a kite" in texts[-1]
    assert not any(b"very-secret" in text for text in texts)


@pytest.mark.parametrize("kind", ERRORS.values(), ids=lambda kind: kind.__name__)
def test_an_error_comes_back_as_it_was(kind: type[TarashException]) -> None:
    more: dict[str, Any] = {"reason": "forged"} if kind is WebhookError else {}
    error = kind("no", provider="fal", model="m", request_id="job-1", generation=_job(), **more)
    failure = Failure()
    converter = data_converter.failure_converter
    converter.to_failure(application_error(error), _CONVERTER, failure)
    read = converter.from_failure(failure, _CONVERTER)
    found = error_of(read)
    assert found == error
    assert found.generation == error.generation
    assert isinstance(read, ApplicationError)
    assert read.type == error.kind


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RateLimitError("slow down", retry_after=7.0), ("again", timedelta(seconds=7))),
        (JobInUseError("another worker has it"), ("again", timedelta(seconds=15))),
        (HTTPError("busy", status_code=503), ("again", None)),
        (HTTPError("teapot", status_code=418), ("never", None)),
        (ContentModerationError("no"), ("never", None)),
        (ValidationError("no"), ("never", None)),
    ],
)
def test_what_may_be_tried_again(
    error: TarashException, expected: tuple[str, timedelta | None]
) -> None:
    failure = application_error(error)
    word = "never" if failure.non_retryable else "again"
    assert (word, failure.next_retry_delay) == expected


def test_the_failures_of_others_are_not_ours() -> None:
    assert error_of(ValueError("no")) is None
    assert error_of(ApplicationError("no", type="validation")) is None
    assert error_of(ApplicationError("no", {"type": "TheirError", "message": "no"})) is None
    error = ActivityError(
        "failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="",
        activity_type="submit_video",
        activity_id="1",
        retry_state=None,
    )
    error.__cause__ = ValidationError("no")
    assert error_of(error) == ValidationError("no")


def test_large_media_are_refused() -> None:
    picture = MediaContent(b"\x89PNG\r\n\x1a\n" + bytes(2**20), "image/png")
    request = VideoGenerationRequest(prompt="a kite", image_list=[picture])
    with pytest.raises(ValidationError, match=r"image_list\[0\] has 1048584 bytes.*give a URL"):
        VideoOrder(config=_ORDER.config, request=request)


@pytest.mark.parametrize("value", ["s3cret", {"nested_token": "s3cret"}])
def test_parameters_that_would_be_left_out_are_refused(value: object) -> None:
    name = "their_password" if isinstance(value, str) else "options"
    request = VideoGenerationRequest(prompt="a kite", extra_params={name: value, "steps": 4})
    with pytest.raises(ValidationError, match=f"extra_params '{name}' cannot go") as raised:
        VideoOrder(config=_ORDER.config, request=request)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"config": "fal"},
        {"request": " "},
        {"key": ""},
        {"on_cancel": "maybe"},
        {"webhook_within": 0},
        {"download_timeout": -1},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_order_is_refused(wrong: dict[str, Any]) -> None:
    (name,) = wrong
    with pytest.raises(ValidationError, match=name):
        attrs.evolve(_ORDER, **wrong)


@given(st.text(min_size=1), st.text(min_size=1))
def test_any_workflow_has_a_key_of_its_own(one: str, other: str) -> None:
    first, second = key_of_workflow("default", one), key_of_workflow("default", other)
    assert wrong_key(first) is None
    assert (first == second) == (one == other)
    assert workflow_of_key("default", first) in {one, None}
    assert workflow_of_key("another", first) is None


class _Codec(PayloadCodec):
    async def encode(self, payloads: Any) -> list[Payload]:
        return list(payloads)

    async def decode(self, payloads: Any) -> list[Payload]:
        return list(payloads)


class _Own(DefaultPayloadConverter):
    pass


class _More(VideoPayloadConverter):
    pass


async def test_the_plugin_brings_everything_to_a_client_and_its_workers(tmp_path: Path) -> None:
    activities = VideoActivities(SqliteJournal(tmp_path / "journal.sqlite3"))
    codec = _Codec()
    client = await Client.connect(
        "127.0.0.1:9",
        lazy=True,
        data_converter=DataConverter(payload_codec=codec),
        plugins=[video_plugin(activities)],
    )
    assert client.data_converter.payload_converter_class is VideoPayloadConverter
    assert client.data_converter.payload_codec is codec
    # No worker can be made without a server: this is what it asks a plugin for.
    runner = SandboxedWorkflowRunner()
    worker = video_plugin(activities).configure_worker(
        {"client": client, "task_queue": "videos", "workflow_runner": runner}
    )
    assert list(worker["workflows"]) == [GenerateVideo]
    assert list(worker["activities"]) == activities.all
    passing = worker["workflow_runner"]
    assert isinstance(passing, SandboxedWorkflowRunner)
    assert "tarash" in passing.restrictions.passthrough_modules


async def test_a_converter_of_somebody_s_own_is_not_replaced() -> None:
    own = DataConverter(payload_converter_class=_Own)
    with pytest.raises(ValueError, match="_Own: let it inherit from VideoPayloadConverter"):
        await Client.connect("127.0.0.1:9", lazy=True, data_converter=own, plugins=[video_plugin()])


async def test_a_converter_that_inherits_is_kept() -> None:
    more = DataConverter(payload_converter_class=_More)
    client = await Client.connect(
        "127.0.0.1:9", lazy=True, data_converter=more, plugins=[video_plugin()]
    )
    assert client.data_converter.payload_converter_class is _More


def test_a_runner_without_a_sandbox_is_kept() -> None:
    runner = UnsandboxedWorkflowRunner()
    worker = video_plugin().configure_worker({"workflow_runner": runner})
    assert worker["workflow_runner"] is runner
    with pytest.raises(ValueError, match="without a workflow runner"):
        video_plugin().configure_worker({})


def test_without_the_extra_its_name_is_told() -> None:
    code = (
        "import sys; sys.modules['temporalio'] = None\n"
        "import tarash.tarash_gateway.integrations.temporal"
    )
    ended = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "pip install '.[temporal]'" in ended.stderr


def test_json_is_the_only_converter_that_is_replaced() -> None:
    usual = DefaultPayloadConverter.default_encoding_payload_converters
    own = VideoPayloadConverter().converters
    assert list(own) == [each.encoding.encode() for each in usual]
    assert [each for each in usual if own[each.encoding.encode()] is not each] == [usual[-1]]
