"""Uses of the public API as a user would write them: mypy and pyright, both strict, read this."""

import asyncio
import io
import os
import tempfile
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_type

from returns.future import FutureResult
from returns.io import IOResult
from returns.result import Result

from tarash.tarash_gateway import (
    BatchItem,
    ContentModerationError,
    ExecutionMetadata,
    ImageInput,
    ImageType,
    MediaContent,
    MockConfig,
    MockPollingConfig,
    MockResponse,
    ModelInfo,
    ProgressCallback,
    ProviderHandler,
    ProviderInfo,
    RateLimitError,
    SqliteJournal,
    TarashException,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    VideoGenerationUpdate,
    VideoPlan,
    Webhook,
    WebhookError,
    WebhookEvent,
    WebhookKeys,
    __version__,
    fingerprint_video,
    functional,
    generate_video,
    generate_video_async,
    generate_videos,
    generate_videos_async,
    is_retryable_error,
    list_models,
    list_providers,
    plan_video,
    receive_webhook,
    register_provider,
    start_video,
    start_video_async,
    verify_webhook,
    wait_for_webhook_async,
)
from tarash.tarash_gateway.codec import from_json, to_json
from tarash.tarash_gateway.models import (
    ImageItem,
    KnownName,
    MediaType,
    Secret,
    UploadedMedia,
)
from tarash.tarash_gateway.testing import (
    ScriptedHttp,
    ScriptedVideo,
    Submitted,
    Uploaded,
    fake_effects,
    grey_clip,
    json_reply,
    signed_webhook,
)
from tarash.tarash_gateway.values.files import MediaFile
from tarash.tarash_gateway.webhooks import asgi_receiver, wsgi_receiver

config = VideoGenerationConfig(
    provider="fal",
    model="fal-ai/veo3",
    api_key="YOUR_KEY",
    timeout=900,
    poll_interval=2.5,
    webhook_url="https://example.com/webhooks/fal",
    fallback_configs=[
        VideoGenerationConfig(provider="fal", model="fal-ai/kling-video/v2.6/pro/text-to-video")
    ],
    provider_config={"headers": {"X-Fal-No-Retry": "1"}},
    unsupported="error",
    fallback_on=["http", "timeout"],
)
request = VideoGenerationRequest(
    prompt="A drone shot over mountain peaks at golden hour",
    duration_seconds=5,
    aspect_ratio="16:9",
    resolution="1080p",
    image_list=[
        "https://example.com/first.png",
        Path("second.png"),
        {"content": b"...", "content_type": "image/png"},
        {"image": "https://example.com/last.png", "type": "last_frame"},
        ImageType(image="https://example.com/other.png", type="reference"),
    ],
    seed=0,
    cfg_scale=0.5,
)


def progress(update: VideoGenerationUpdate) -> None:
    """Print where the job stands."""
    print(update.status, update.progress_percent, update.queue_position, *update.logs)


async def progress_async(update: VideoGenerationUpdate) -> None:
    """Do so without blocking."""
    await asyncio.sleep(0)
    progress(update)


def blocking() -> None:
    """Generate and look at everything that comes back."""
    try:
        response = generate_video(config, request, on_progress=progress)
    except ContentModerationError as error:
        print("change the prompt:", error)
    except RateLimitError as error:
        print("wait", error.retry_after, "seconds")
    except TarashException as error:
        print(error.provider, error.request_id, error.raw_response, is_retryable_error(error))
        for attempt in error.attempts:
            print(attempt.model, attempt.submission, attempt.may_have_been_paid)
    else:
        assert_type(response, VideoGenerationResponse)
        assert_type(response.video, str | MediaContent)
        assert_type(response.execution_metadata, ExecutionMetadata | None)
        if isinstance(response.video, MediaContent):
            Path("clip.mp4").write_bytes(response.video.content)
        print(response.raw_response.get("request_id"), response.provider_metadata)


def shortly() -> None:
    """Name a model and write a prompt."""
    assert_type(generate_video("fal:fal-ai/veo3", "a kite"), VideoGenerationResponse)
    assert_type(start_video("fal:fal-ai/veo3", request, key=None), VideoGeneration)
    assert_type(plan_video(config, "a kite"), VideoPlan)
    outcome = functional.generate_video("fal:fal-ai/veo3", "a kite", save_to="clips/")
    assert_type(outcome, IOResult[VideoGenerationResponse, TarashException])
    with generate_videos("fal:fal-ai/veo3", ["a kite", ("runway:gen4.5", "a boat")]) as batch:
        for item in batch:
            assert_type(item.request, VideoGenerationRequest)


def named(provider: str, model: str, kinds: list[str], size: str, known: KnownName) -> None:
    """Use names that no editor knows, and those of a function of one's own."""
    own = VideoGenerationConfig(provider=provider, model=model, fallback_on=kinds)
    assert_type(own.provider + own.model, str)
    VideoGenerationConfig(provider="kite", model="kite-1", fallback_on=frozenset(kinds))
    VideoGenerationRequest(prompt="a kite", resolution=size, aspect_ratio="2.35:1")
    generate_video(f"{provider}:{model}", "a kite")
    generate_videos("kite:kite-1", [(known, prompt) for prompt in kinds])
    list_models(provider, resolution=size)
    verify_webhook(provider, {}, b"{}", WebhookKeys(), datetime.now(UTC))


def chosen() -> None:
    """Choose a model by what it takes."""
    models = list_models("fal", image="last_frame", seconds=10, resolution="1080p", audio=True)
    assert_type(models, tuple[ModelInfo, ...])
    for info in models:
        seconds = info.seconds.choices if info.seconds else ()
        print(info.name, seconds, info.resolutions, info.image_roles, info.retires)
        generate_video(info.name, "a kite")
    assert_type(list_providers(), tuple[ProviderInfo, ...])
    assert_type(
        functional.list_models(video=True), IOResult[tuple[ModelInfo, ...], TarashException]
    )


async def asynchronous() -> None:
    """Generate two videos at once."""
    both = await asyncio.gather(
        generate_video_async(config, request, on_progress=progress_async),
        generate_video_async(config, request, on_progress=progress),
    )
    assert_type(both, tuple[VideoGenerationResponse, VideoGenerationResponse])


def planned() -> None:
    """Look before anything is paid for."""
    plan = plan_video(config, request)
    assert_type(plan, VideoPlan)
    assert_type(fingerprint_video(config, "a kite"), str)
    print(plan.curl(), plan.headers["Authorization"], plan.body, plan.warnings)


def called(headers: dict[str, str], asgi: list[tuple[bytes, bytes]], body: bytes) -> None:
    """Believe what a provider says by webhook."""
    keys = WebhookKeys(secrets=["whsec_bmV3", Secret("whsec_b2xk")], key_set={"keys": []})
    try:
        event = verify_webhook("replicate", headers, body, keys, datetime.now(UTC))
        assert_type(event, WebhookEvent)
    except WebhookError as error:
        print(error.reason == "forged", error.message)
    result = functional.verify_webhook("fal", asgi, body, keys, datetime.now(UTC), tolerance=60)
    assert_type(result, Result[WebhookEvent, TarashException])
    message = signed_webhook("google", {"type": "video.generated"}, by="secret")
    print(verify_webhook("google", message.headers, message.body, message.keys, datetime.now(UTC)))


async def received(headers: dict[str, str], body: bytes) -> None:
    """Receive webhooks, and wait for one."""
    journal = SqliteJournal("videos.sqlite3")
    webhook = receive_webhook("replicate", headers, body, journal=journal)
    assert_type(webhook, Webhook)
    application = asgi_receiver("replicate", journal=journal, on_webhook=handled)
    print(webhook.event.request_id, webhook.generation, webhook.replayed, application)
    wsgi_receiver("fal", journal=journal, on_webhook=lambda message: print(message.event.id))
    generation = await start_video_async(config, request, journal=journal)
    response = await wait_for_webhook_async(generation, journal, poll_every=30, timeout=3600)
    assert_type(response, VideoGenerationResponse)


async def handled(webhook: Webhook) -> None:
    """Look at a webhook without blocking."""
    await asyncio.sleep(0)
    print(webhook.ended)


def functionally() -> None:
    """Compose results instead of catching exceptions."""
    outcome = functional.generate_video(config, request)
    assert_type(outcome, IOResult[VideoGenerationResponse, TarashException])
    print(outcome.map(lambda response: response.video))
    future = functional.generate_video_async(config, request)
    assert_type(future, FutureResult[VideoGenerationResponse, TarashException])


def many() -> None:
    """Generate as many videos as there are requests."""
    with generate_videos(
        config,
        (VideoGenerationRequest(prompt=prompt) for prompt in "abc"),
        max_in_flight=2,
        key=lambda index, request: f"{index}-{request.prompt}",
        save_to="clips/",
        on_progress=lambda index, update: print(index, update.status),
    ) as batch:
        for item in batch:
            assert_type(item.response, VideoGenerationResponse | None)
            assert_type(item.error, TarashException | None)
    print(batch.summary.done, batch.left)
    for outcome in functional.generate_videos(config, [(config, request)]):
        assert_type(outcome, IOResult[BatchItem, TarashException])


async def many_asynchronously() -> None:
    """Do so on the running loop."""
    async with aclosing(generate_videos_async(config, [request])) as batch:
        async for item in batch:
            assert_type(item, BatchItem)


def mocked() -> None:
    """Test without a network."""
    mock = MockConfig(
        seed=7,
        responses=[
            MockResponse(weight=9),
            MockResponse(error=RateLimitError(message="slow down", retry_after=2)),
            MockResponse(output_video=Path("clip.mp4")),
        ],
        polling=MockPollingConfig(
            status_sequence=["queued", "processing", "completed"],
            delay_between_updates=0,
            progress_percentages=[0, 50, 100],
        ),
    )
    offline = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", mock=mock)
    assert_type(generate_video(offline, request).is_mock, bool)
    http = ScriptedHttp([json_reply(401, {"detail": "no"})])
    generate_video(config, request, effects=fake_effects(http=http))


class Upload:
    """A path of the user's own."""

    def __fspath__(self) -> str:
        """Return the path."""
        return "clip.mp4"


def media(path: os.PathLike[str], first: ImageItem, clip: MediaType) -> None:
    """Pass every form of an image and of a video."""
    with Path("clip.mp4").open("rb") as file, tempfile.NamedTemporaryFile() as temporary:
        made = VideoGenerationRequest(prompt="p", image_list=[first, path, file], video=file)
        VideoGenerationRequest(prompt="p", video=temporary)
    VideoGenerationRequest(prompt="p", image_list=[b"...", bytearray(), memoryview(b"...")])
    VideoGenerationRequest(prompt="p", image_list=(io.BytesIO(b"..."), Upload()), video=Upload())
    VideoGenerationRequest(prompt="p", video={"content": b"...", "content_type": "video/mp4"})
    VideoGenerationRequest(prompt="p", video=clip)
    VideoGenerationRequest(
        prompt="p", video=UploadedMedia(url="runway://a", content_type="video/mp4")
    )
    several: list[ImageType] = [{"image": file, "type": "last_frame"} for file in [io.BytesIO()]]
    VideoGenerationRequest(prompt="p", image_list=several)
    ImageInput(image=b"...", type="style")
    ImageInput(image=path)
    MockResponse(output_video=io.BytesIO(b"..."))
    assert_type(made.image_list[0].image, str | Path | MediaContent | MediaFile | UploadedMedia)


def stored() -> None:
    """Keep a request as JSON."""
    assert_type(from_json(to_json(request), VideoGenerationRequest), VideoGenerationRequest)


class Kite:
    """A handler, as users of the original package write it."""

    def generate_video(
        self,
        config: VideoGenerationConfig,
        request: VideoGenerationRequest,
        on_progress: ProgressCallback | None = None,
    ) -> VideoGenerationResponse:
        return generate_video(config, request, on_progress)

    async def generate_video_async(
        self,
        config: VideoGenerationConfig,
        request: VideoGenerationRequest,
        on_progress: ProgressCallback | None = None,
    ) -> VideoGenerationResponse:
        return await generate_video_async(config, request, on_progress)


handler: ProviderHandler = Kite()
register_provider("kite", handler)
assert_type(__version__, str)

with (
    ScriptedVideo()
    .fails(moderated=True, prompt="rain")
    .completes(video=grey_clip(3, 640, 360, sound=True)) as scripted
):
    submitted: list[Submitted] = scripted.submitted
    uploaded: list[Uploaded] = scripted.uploaded
    told: bytes = scripted.webhook(secret="whsec_YQ==").body
    problems: list[str] = scripted.problems
