"""What is fetched before anything is planned: files that a request names, access tokens."""

from __future__ import annotations  # those of inner functions are not made at each call

from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

import attrs
from returns.io import IOSuccess

from ..catalog.limits import IN_MEMORY
from ..effects import Files, Tokens
from ..lifecycle.keys import lacks_token
from ..lifecycle.links import Link
from ..outcome import IOOutcome, every_io
from ..providers.base import Provider
from ..registry import is_at_hand
from ..values.config import VideoGenerationConfig
from ..values.files import MediaFile
from ..values.media import ImageInput, Media, MediaContent
from ..values.request import VideoGenerationRequest, media_of

# Characters of a URL: a longer text is a whole medium.
_SHORT: Final = 1 << 14


def takes_time(
    configs: Sequence[VideoGenerationConfig],
    request: VideoGenerationRequest,
    providers: Mapping[str, Provider],
) -> bool:
    """Tell whether preparing a request may take an event loop too long.

    That is the case with files, with media as bytes, which are encoded, with access tokens, and
    with providers whose modules are not loaded yet.
    """
    if not all(is_at_hand(providers, config.provider) for config in configs):
        return True
    if any(not isinstance(medium, str) or len(medium) > _SHORT for _, medium in media_of(request)):
        return True
    found = [providers.get(config.provider) for config in configs]
    return any(provider is not None and provider.oauth is not None for provider in found)


def with_files(request: VideoGenerationRequest, files: Files) -> IOOutcome[VideoGenerationRequest]:
    """Return the request with the bytes of every file that it names; large ones stay on the disk.

    Errors:
        ValidationError: A file cannot be read.
    """
    if not any(isinstance(medium, Path) for _, medium in media_of(request)):
        return IOSuccess(request)

    def read(medium: Media) -> IOOutcome[Media]:
        if not isinstance(medium, Path):
            return IOSuccess(medium)
        return files.open(medium).bind(partial(content_of, medium))

    def content_of(path: Path, file: MediaFile) -> IOOutcome[Media]:
        if file.size > IN_MEMORY:
            return IOSuccess(file)
        return files.read(path).map(lambda content: MediaContent(content, file.content_type))

    def read_image(item: ImageInput) -> IOOutcome[ImageInput]:
        return read(item.image).map(lambda medium: attrs.evolve(item, image=medium))

    def read_video(images: tuple[ImageInput, ...]) -> IOOutcome[VideoGenerationRequest]:
        whole = attrs.evolve(request, image_list=images)
        if request.video is None:
            return IOSuccess(whole)
        return read(request.video).map(lambda medium: attrs.evolve(whole, video=medium))

    return every_io(request.image_list, read_image).bind(read_video)


def digests_of(request: VideoGenerationRequest) -> dict[str, str]:
    """Return the SHA-256 digest of each large file of a request, by what the caller calls it.

    Raises:
        ValidationError: A file has changed since it was opened.
    """
    found: dict[str, str] = {}
    for place, medium in media_of(request):
        if isinstance(medium, MediaFile):
            digest = sha256()
            for piece in medium.read(0, medium.size):
                digest.update(piece)
            found[place] = digest.hexdigest()
    return found


def with_tokens(links: Sequence[Link], tokens: Tokens) -> IOOutcome[tuple[Link, ...]]:
    """Return the links with an access token wherever one lacks it.

    Errors:
        AuthenticationError: No token can be fetched.
    """

    def with_token(link: Link) -> IOOutcome[Link]:
        oauth = lacks_token(link)
        if oauth is None:
            return IOSuccess(link)
        return tokens.fetch(oauth.scope, link.config.provider_config).map(
            lambda token: attrs.evolve(link, config=attrs.evolve(link.config, api_key=token))
        )

    return every_io(links, with_token)
