"""Reading the files that a request names, before anything is planned or sent."""

from pathlib import Path

import attrs
from returns.io import IOResult, IOSuccess
from returns.result import Failure

from .effects import Files
from .media import ImageInput, Media, MediaContent, content_type_of
from .outcome import IOOutcome, opened
from .request import VideoGenerationRequest


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
    changed = attrs.asdict(request, recurse=False) | {"image_list": images, "video": video}
    return IOSuccess(VideoGenerationRequest(**changed))


def _read(files: Files, medium: Media) -> IOOutcome[Media]:
    if not isinstance(medium, Path):
        return IOSuccess(medium)
    return files.read(medium).map(
        lambda content: MediaContent(content, content_type_of(medium.name, content))
    )
