"""Limits of images and videos as data, and what becomes of a medium under them."""

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

import attrs
from returns.result import Failure, Success

from ..container.pictures import picture_size
from ..exceptions import ValidationError
from ..outcome import Outcome
from ..values.files import MediaFile
from ..values.media import MediaContent

Counted: TypeAlias = Literal["bytes", "data_url"]

KB: Final = 1000
MB: Final = 1000 * KB
MIB: Final = 1024 * 1024
# What is larger than this is not read into memory; no provider takes it inside a request.
IN_MEMORY: Final = 32 * MIB


@attrs.frozen(kw_only=True)
class MediaLimits:
    """What a provider takes as an image, or as a video; None and empty mean that it does not say.

    Attributes:
        inline: Most that may stand inside a request.
        counted: How that is counted: the file's bytes, or the characters of its data URL.
        uploaded: Most bytes of a file that is uploaded first; None: there is no upload route.
        least: Least bytes of a file that is uploaded.
        formats: MIME types.
        side: Least and most pixels of each side of an image.
        ratio: Least and most of an image's width divided by its height.
        source: The public page that says so, with the date.
    """

    inline: int | None = IN_MEMORY
    counted: Counted = "bytes"
    uploaded: int | None = None
    least: int = 1
    formats: tuple[str, ...] = ()
    side: tuple[int, int] | None = None
    ratio: tuple[float, float] | None = None
    source: str = ""


@attrs.frozen(kw_only=True)
class MediaRules:
    """The limits of a model's images and of its video."""

    images: MediaLimits = MediaLimits()
    video: MediaLimits = MediaLimits()


Handling: TypeAlias = Literal["inline", "upload"]


def handling(name: str, medium: MediaContent | MediaFile, limits: MediaLimits) -> Outcome[Handling]:
    """Return whether a medium goes into the request or is uploaded before it.

    Args:
        name: What the caller calls it, such as ``image_list[0]``.
        medium: The medium.
        limits: The limits.

    Errors:
        ValidationError: It is too large, too small, of a format or of a shape that the provider
            does not take; the message names the limit.
    """
    problem = next(_problems(medium, limits), None)
    if problem is not None:
        return Failure(ValidationError(f"{name} {problem}"))
    size = size_of(medium)
    counted = data_url_length(size, medium.content_type) if limits.counted == "data_url" else size
    fits = limits.inline is None or counted <= limits.inline
    if fits and isinstance(medium, MediaContent):
        return Success("inline")
    if limits.uploaded is None:
        most = IN_MEMORY if limits.inline is None else limits.inline
        unit = "characters as a data URL" if limits.counted == "data_url" else "bytes"
        return Failure(
            ValidationError(
                f"{name} has {counted} {unit}, and at most {most} fit into a request: make it "
                "smaller, or pass a public URL"
            )
        )
    if size < limits.least:
        message = f"{name} has {size} bytes, and no file below {limits.least} can be uploaded"
        return Failure(ValidationError(f"{message}: use another one"))
    if size > limits.uploaded:
        message = f"{name} has {size} bytes, and at most {limits.uploaded} can be uploaded"
        return Failure(ValidationError(f"{message}: make it smaller"))
    return Success("upload")


def _problems(medium: MediaContent | MediaFile, limits: MediaLimits) -> Iterator[str]:
    if limits.formats and medium.content_type not in limits.formats:
        known = ", ".join(limits.formats)
        yield f"is {medium.content_type}, and the provider takes {known}: convert it"
    pixels = pixels_of(medium)
    if pixels is None:
        return
    width, height = pixels
    if limits.side is not None and not (
        limits.side[0] <= min(pixels) and max(pixels) <= limits.side[1]
    ):
        least, most = limits.side
        yield (f"is {width}x{height} pixels, and each side must have {least} to {most}: resize it")
    if limits.ratio is not None and not limits.ratio[0] <= width / height <= limits.ratio[1]:
        least_ratio, most_ratio = limits.ratio
        yield (
            f"is {width}x{height} pixels, and width divided by height must be {least_ratio:g} to "
            f"{most_ratio:g}: crop it"
        )


def size_of(medium: MediaContent | MediaFile) -> int:
    """Return the bytes of a medium."""
    return medium.size if isinstance(medium, MediaFile) else len(medium.content)


def pixels_of(medium: MediaContent | MediaFile) -> tuple[int, int] | None:
    """Return the width and height of an image as it is shown, or None."""
    if not medium.content_type.startswith("image/"):
        return None
    return picture_size(medium.head if isinstance(medium, MediaFile) else medium.content)


def data_url_length(size: int, content_type: str) -> int:
    """Return the characters of a data URL of so many bytes.

    >>> data_url_length(3, "image/png") == len("data:image/png;base64,AAAA")
    True
    """
    return len(f"data:{content_type};base64,") + 4 * ((size + 2) // 3)
