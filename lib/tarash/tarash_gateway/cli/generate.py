"""The command ``tarash generate``: one video."""

from typing import Annotated

import typer

from .. import api
from ..values.config import VideoGenerationConfig
from ..values.request import VideoGenerationRequest
from . import options, words
from .configs import Chosen, is_free
from .helping import Command
from .journal import default_journal
from .options import SAFETY, VIDEO, WAITING, option
from .output import Delivery, check_output
from .terminal import say_json, say_lines, warn

app = typer.Typer(rich_markup_mode=None)

_EXAMPLES = """Examples:
  tarash generate "A kite over the sea" --mock -o kite.mp4
  tarash generate "A kite over the sea" -m fal:fal-ai/veo3 -d 8 -o kite.mp4
  tarash generate "A kite" -m fal:fal-ai/veo3.1/image-to-video -i kite.png
  tarash generate @prompt.txt -c video.toml:cinematic -o clips/
  tarash generate "A kite" -m fal:fal-ai/veo3 --plan
"""


@app.command(cls=Command, epilog=_EXAMPLES)
def generate(  # noqa: PLR0913, PLR0917 - one option each
    prompt: Annotated[
        str,
        typer.Argument(
            metavar="PROMPT", help="What the video shows; - reads it from stdin, @FILE from a file."
        ),
    ],
    provider: options.Provider = "",
    model: options.Model = "",
    config: options.ConfigFile = "",
    fallback: options.Fallback = None,
    duration: Annotated[
        float | None, option(VIDEO, "--duration", "-d", metavar="SECONDS", help="Its length.")
    ] = None,
    resolution: Annotated[
        str | None, option(VIDEO, "--resolution", "-r", metavar="TEXT", help="Such as 1080p.")
    ] = None,
    aspect_ratio: Annotated[
        str | None, option(VIDEO, "--aspect-ratio", "-a", metavar="TEXT", help="Such as 16:9.")
    ] = None,
    audio: Annotated[
        bool | None, option(VIDEO, "--audio/--no-audio", help="With or without sound.")
    ] = None,
    image: Annotated[
        list[str] | None,
        option(
            VIDEO,
            "--image",
            "-i",
            metavar="[ROLE=]FILE",
            help="A file or a URL, the first frame unless ROLE says last_frame, reference, asset "
            "or style. May be repeated.",
        ),
    ] = None,
    video: Annotated[
        str | None,
        option(VIDEO, "--video", "-v", metavar="FILE", help="A file or a URL to extend or edit."),
    ] = None,
    seed: Annotated[
        int | None, option(VIDEO, "--seed", metavar="N", help="For the same video again.")
    ] = None,
    negative_prompt: Annotated[
        str | None, option(VIDEO, "--negative-prompt", metavar="TEXT", help="What to avoid.")
    ] = None,
    enhance_prompt: Annotated[
        bool | None,
        option(
            VIDEO,
            "--enhance-prompt/--no-enhance-prompt",
            help="Let the provider rewrite the prompt, or not.",
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        option(
            VIDEO,
            "--set",
            "-s",
            metavar="NAME=VALUE",
            help="The provider's own parameter. May be repeated.",
        ),
    ] = None,
    unsupported: options.Unsupported = None,
    base_url: options.BaseUrl = None,
    api_version: options.ApiVersion = None,
    provider_config: options.ProviderConfig = None,
    mock: options.Mock = False,
    timeout: options.Timeout = None,
    max_polls: options.MaxPolls = None,
    poll_interval: options.PollInterval = None,
    webhook_url: Annotated[
        str | None,
        option(
            WAITING,
            "--webhook-url",
            metavar="URL",
            help="A URL of yours for the provider to call at the job's end.",
        ),
    ] = None,
    output: options.Output = None,
    overwrite: options.Overwrite = False,
    json: options.AsJson = False,
    plan: Annotated[
        bool,
        option(
            SAFETY,
            "--plan",
            "--dry-run",
            help="Print what would be sent, as a curl command; send nothing.",
        ),
    ] = False,
    key: Annotated[
        str | None,
        option(
            SAFETY,
            "--key",
            metavar="TEXT",
            help="Your own name for this video: the same command with the same key pays once.",
        ),
    ] = None,
    journal: Annotated[
        bool,
        option(
            SAFETY,
            "--journal/--no-journal",
            help="Store the job, so that a crash does not lose it.  [default: --journal]",
        ),
    ] = True,
    yes: options.Yes = False,
) -> None:
    """Generate a video.

    Progress and what may have been paid go to stderr, the file's name or the URL to stdout.
    """
    chosen = Chosen(
        provider=provider,
        model=model,
        file=config,
        mock=mock,
        fallbacks=fallback,
        settings=provider_config,
        others={
            "timeout": timeout,
            "max_poll_attempts": max_polls,
            "poll_interval": poll_interval,
            "base_url": base_url,
            "api_version": api_version,
            "webhook_url": webhook_url,
            "unsupported": unsupported,
        },
    ).config()
    request = VideoGenerationRequest(
        prompt=words.prompt(prompt),
        duration_seconds=duration,
        resolution=resolution,
        aspect_ratio=aspect_ratio,
        generate_audio=audio,
        image_list=[words.image(item) for item in image or ()],
        video=None if video is None else words.medium(video),
        seed=seed,
        negative_prompt=negative_prompt,
        enhance_prompt=enhance_prompt,
        extra_params=words.settings(set_ or ()),
    )
    if plan:
        print_plan(chosen, request, as_json=json)
        return
    replace = check_output(output, overwrite=overwrite, yes=yes)
    is_kept = journal and (key is not None or chosen.mock is None)
    make(chosen, request, output, overwrite=replace, key=key, as_json=json, is_kept=is_kept)


def print_plan(
    config: VideoGenerationConfig, request: VideoGenerationRequest, *, as_json: bool
) -> None:
    """Print what would be sent first, as a command for a shell or as JSON."""
    first = api.plan_video(config, request)
    warn(first.warnings)
    if as_json:
        say_json(first)
    else:
        say_lines("\n".join([*map(words.upload, first.uploads), first.curl(lines=True)]))


def make(  # noqa: PLR0913 - what a person chose
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    output: str | None,
    *,
    overwrite: bool,
    key: str | None = None,
    as_json: bool = False,
    is_kept: bool = True,
) -> None:
    """Generate a video, and print its file's name or its URL."""
    kept = default_journal() if is_kept else None
    delivery = Delivery(output=output, as_json=as_json, journal=kept, is_free=is_free(config))
    delivery.deliver(
        lambda on_progress: api.generate_video(
            config,
            request,
            on_progress,
            journal=kept,
            key=key,
            save_to=output,
            overwrite=overwrite,
        )
    )
