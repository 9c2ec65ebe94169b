"""Wrong uses of the public API: mypy and pyright, both strict, refuse each for the rule beside."""

import io
from datetime import UTC, datetime

from tests.typing.examples import config, progress, request

from tarash.tarash_gateway import (
    ImageInput,
    MockPollingConfig,
    MockResponse,
    VideoGenerationConfig,
    VideoGenerationRequest,
    WebhookKeys,
    cancel_video,
    check_video,
    functional,
    generate_video,
    generate_video_async,
    generate_videos,
    list_models,
    pending_videos,
    plan_video,
    resume_video,
    start_video,
    verify_webhook,
)


async def refused() -> None:
    """Show that every face knows the options of its verb, and their types."""
    job = start_video(config, request)
    keys, now = WebhookKeys(), datetime.now(UTC)
    generate_video(config, request, journal=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # 3 is not a journal
    generate_video(config, request, progress, on_interrupt="stop")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # keep, cancel
    generate_video(config, request, jurnal=None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # misspelt
    generate_video(request, config)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # swapped
    generate_video("fal:fal-ai/veo3", 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not a prompt
    generate_video({"provider": "fal"}, "a kite")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not a config
    list_models(image="frame")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not a role
    list_models("fal", True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # filters have names  # noqa: FBT003
    generate_video(config)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # nothing to generate
    generate_video(config, request, progress, None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # options have names
    start_video(config, request, on_progress=progress)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # it does not poll
    resume_video(job, config)  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue]  # options have names
    resume_video(job, on_progress=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # 3 cannot be called
    check_video(job, on_interrupt="keep")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # it does not wait
    cancel_video(config)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a config is not a job
    plan_video(config, request, journal=None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # it writes nothing down
    verify_webhook("fal", {}, "body", keys, now)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # bytes are signed
    verify_webhook("fal", {}, b"body", "whsec_", now)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # keys have a class
    verify_webhook("fal", {}, b"body", keys)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # it reads no clock
    pending_videos()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # of which journal?
    await generate_video_async(config, request, effects=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not effects
    functional.generate_video(config, request, journal=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the same
    await functional.check_video_async(job, providers=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not providers
    response: str = generate_video(config, request)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]  # it is a response
    print(response)
    VideoGenerationRequest(prompt="p", video=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not a video
    VideoGenerationRequest(prompt="p", video=io.StringIO())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a text file
    VideoGenerationRequest(prompt="p", video={"content": "text"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not bytes
    VideoGenerationRequest(prompt="p", image_list=[{"image": b"", "type": "frame"}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # no role
    VideoGenerationRequest(prompt="p", image_list=b"...")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not a list
    ImageInput(image=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not an image


def refused_values() -> None:
    """Show that values know the types of their fields, although any name of a model is allowed."""
    VideoGenerationConfig(provider=3, model="fal-ai/veo3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not a name
    VideoGenerationConfig(provider="fal", model=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # likewise
    VideoGenerationConfig("fal", "fal-ai/veo3")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # fields have names
    VideoGenerationConfig(provider="fal")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # of which model?
    VideoGenerationConfig(provider="fal", model="m", time_out=60)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # misspelt
    VideoGenerationConfig(provider="fal", model="m", mock=True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a MockConfig()
    VideoGenerationConfig(provider="fal", model="m", unsupported="no")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not a way
    VideoGenerationConfig(provider="fal", model="m", fallback_on=[429])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # a kind has a name
    VideoGenerationConfig(provider="fal", model="m", fallback_configs=config)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a list
    VideoGenerationConfig(provider="fal", model="m", fallback_configs=["fal:m"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]  # of configs
    VideoGenerationRequest("a kite")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # fields have names
    VideoGenerationRequest(prompt="a kite", duration_seconds="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a number
    VideoGenerationRequest(prompt="a kite", resolution=1080)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a text
    MockPollingConfig(progress_percentages=50)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a list
    MockResponse(output_video=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not a video
    WebhookKeys(key_set=b"{}")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # parsed JSON
    list_models(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not a name
    list_models(seconds="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a number
    generate_videos(config, request)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # several
    functional.generate_video(request, config)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # swapped


async def refused_results() -> None:
    """Show that a result has the fields of its class, and stays as it is."""
    response = generate_video(config, request)
    response.url  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # it is `video`
    response.video.content  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # or a URL
    response.raw_response["seed"] = 3  # type: ignore[index]  # pyright: ignore[reportIndexIssue]  # it is read only
    config.model = "fal-ai/veo2"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # likewise
    resume_video(response)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # a job
    resume_video("job-1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # an id does not say where
    functional.generate_video(config, request).video  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # in a container
    generate_video_async(config, request)  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]  # nothing happens without await
