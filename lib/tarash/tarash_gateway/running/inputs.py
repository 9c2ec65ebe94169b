"""What is fetched before anything is planned: files that a request names, access tokens."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
from returns.io import IOResult, IOSuccess
from returns.result import Failure

from ..effects import Files, Tokens
from ..lifecycle.prepare import wants_token
from ..outcome import IOOutcome, opened
from ..providers.base import Provider
from ..values.config import VideoGenerationConfig
from ..values.media import ImageInput, Media, MediaContent, content_type_of
from ..values.request import VideoGenerationRequest


def with_files(request: VideoGenerationRequest, files: Files) -> IOOutcome[VideoGenerationRequest]:
    """Return the request with the bytes of every file that it names.

    Errors:
        ValidationError: A file cannot be read.
    """
    images: list[ImageInput] = []
    for item in request.image_list:
        image = opened(_read(files, item.image))
        if isinstance(image, Failure):
            return IOResult.from_result(image)
        images.append(attrs.evolve(item, image=image.unwrap()))
    video = request.video
    if video is not None:
        read = opened(_read(files, video))
        if isinstance(read, Failure):
            return IOResult.from_result(read)
        video = read.unwrap()
    return IOSuccess(attrs.evolve(request, image_list=images, video=video))


def with_tokens(
    links: Sequence[VideoGenerationConfig],
    providers: Mapping[str, Provider],
    environment: Mapping[str, str],
    tokens: Tokens,
) -> IOOutcome[tuple[VideoGenerationConfig, ...]]:
    """Return the configs of a chain with an access token wherever one lacks it.

    Errors:
        AuthenticationError: No token can be fetched.
    """
    keyed: list[VideoGenerationConfig] = []
    for link in links:
        scope = wants_token(link, providers, environment)
        if scope is None:
            keyed.append(link)
            continue
        token = opened(tokens.fetch(scope, link.provider_config))
        if isinstance(token, Failure):
            return IOResult.from_result(token)
        keyed.append(attrs.evolve(link, api_key=token.unwrap()))
    return IOSuccess(tuple(keyed))


def _read(files: Files, medium: Media) -> IOOutcome[Media]:
    if not isinstance(medium, Path):
        return IOSuccess(medium)
    return files.read(medium).map(
        lambda content: MediaContent(content, content_type_of(medium.name, content))
    )
