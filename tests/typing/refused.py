"""Wrong uses of the public API: mypy --strict refuses each, or finds an ignore without a use."""

import io
from datetime import UTC, datetime

from tests.typing.examples import config, progress, request

from tarash.tarash_gateway import (
    ImageInput,
    VideoGenerationRequest,
    WebhookKeys,
    cancel_video,
    check_video,
    functional,
    generate_video,
    generate_video_async,
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
    generate_video(config, request, journal=3)  # type: ignore[arg-type]  # 3 is not a journal
    generate_video(config, request, progress, on_interrupt="stop")  # type: ignore[arg-type]  # keep, cancel
    generate_video(config, request, jurnal=None)  # type: ignore[call-arg]  # misspelt
    generate_video(request, config)  # type: ignore[arg-type]  # swapped
    generate_video("fal:fal-ai/veo3", 3)  # type: ignore[arg-type]  # not a prompt
    generate_video({"provider": "fal"}, "a kite")  # type: ignore[arg-type]  # not a config
    list_models(image="frame")  # type: ignore[arg-type]  # not a role
    list_models("fal", True)  # type: ignore[call-arg]  # filters have names  # noqa: FBT003
    generate_video(config)  # type: ignore[call-arg]  # nothing to generate
    generate_video(config, request, progress, None)  # type: ignore[call-arg]  # options have names
    start_video(config, request, on_progress=progress)  # type: ignore[call-arg]  # it does not poll
    resume_video(job, config)  # type: ignore[arg-type, call-arg]  # options have names
    resume_video(job, on_progress=3)  # type: ignore[arg-type]  # 3 cannot be called
    check_video(job, on_interrupt="keep")  # type: ignore[call-arg]  # it does not wait
    cancel_video(config)  # type: ignore[arg-type]  # a config is not a job
    plan_video(config, request, journal=None)  # type: ignore[call-arg]  # it writes nothing down
    verify_webhook("fal", {}, "body", keys, now)  # type: ignore[arg-type]  # bytes are signed
    verify_webhook("fal", {}, b"body", "whsec_", now)  # type: ignore[arg-type]  # keys have a class
    verify_webhook("fal", {}, b"body", keys)  # type: ignore[call-arg]  # it reads no clock
    pending_videos()  # type: ignore[call-arg]  # of which journal?
    await generate_video_async(config, request, effects=3)  # type: ignore[arg-type]  # not effects
    functional.generate_video(config, request, journal=3)  # type: ignore[arg-type]  # the same
    await functional.check_video_async(job, providers=3)  # type: ignore[arg-type]  # not providers
    response: str = generate_video(config, request)  # type: ignore[assignment]  # it is a response
    print(response)
    VideoGenerationRequest(prompt="p", video=3)  # type: ignore[arg-type]  # not a video
    VideoGenerationRequest(prompt="p", video=io.StringIO())  # type: ignore[arg-type]  # a text file
    VideoGenerationRequest(prompt="p", video={"content": "text"})  # type: ignore[arg-type]  # not bytes
    VideoGenerationRequest(prompt="p", image_list=[{"image": b"", "type": "frame"}])  # type: ignore[list-item]  # no role
    VideoGenerationRequest(prompt="p", image_list=b"...")  # type: ignore[arg-type]  # not a list
    ImageInput(image=3)  # type: ignore[arg-type]  # not an image
