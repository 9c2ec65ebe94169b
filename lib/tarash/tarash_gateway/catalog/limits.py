"""Limits of images and videos as data, and what becomes of a medium under them."""

from typing import Any, Final, Literal, TypeAlias

import attrs
from returns.result import Failure, Success

from ..container.pictures import picture_size
from ..exceptions import ValidationError
from ..outcome import Outcome
from ..values.content_types import UNKNOWN
from ..values.files import MediaFile, UploadedMedia
from ..values.media import Media, MediaContent

Counted: TypeAlias = Literal["bytes", "data_url"]

KB: Final = 1000
MB: Final = 1000 * KB
MIB: Final = 1024 * 1024
# What is larger than this is not read into memory; no provider takes it inside a request.
IN_MEMORY: Final = 32 * MIB
# An upload route for which no source names a limit.
ANY_SIZE: Final = 2**63 - 1


@attrs.frozen(kw_only=True)
class MediaLimits:
    """What a provider takes as an image, or as a video; None and empty mean that it does not say.

    A model's row has these too: what it says there is narrower than what its provider says.

    Attributes:
        inline: Most that may stand inside a request.
        counted: How that is counted: the file's bytes, or the characters of its data URL.
        uploaded: Most bytes of a file that is uploaded first; None: there is no upload route.
        least: Least bytes of a file that is uploaded.
        formats: MIME types.
        side: Least and most pixels of each side of an image; None for no upper bound.
        ratio: Least and most of an image's width divided by its height.
        instead: What else to pass than a larger medium, for the message; empty if nothing.
        source: The public page that says so, with the date.
    """

    inline: int | None = IN_MEMORY
    counted: Counted = "bytes"
    uploaded: int | None = None
    least: int = 1
    formats: tuple[str, ...] = ()
    side: tuple[int, int | None] | None = None
    ratio: tuple[float, float] | None = None
    instead: str = "pass a public URL"
    source: str = ""


def at_most(size: int, **more: Any) -> MediaLimits:
    """Return the limits of a model whose media have so many bytes at most, however they are sent.

    >>> at_most(10 * MB, formats=("image/png",)).uploaded
    10000000
    """
    return MediaLimits(inline=size, uploaded=size, **more)


def narrowed(limits: MediaLimits, model: MediaLimits | None) -> MediaLimits:
    """Return a provider's limits with those of one of its models.

    >>> narrowed(MediaLimits(inline=5, uploaded=9), MediaLimits(inline=7, uploaded=8)).uploaded
    8
    """
    if model is None:
        return limits
    uploads = limits.uploaded is not None and model.uploaded is not None
    return attrs.evolve(
        limits,
        inline=_least(limits.inline, _inline_of(model, limits.counted)),
        uploaded=_least(limits.uploaded, model.uploaded) if uploads else limits.uploaded,
        formats=model.formats or limits.formats,
        side=model.side or limits.side,
        ratio=model.ratio or limits.ratio,
        source="; ".join(dict.fromkeys(filter(None, (limits.source, model.source)))),
    )


def _least(*bounds: int | None) -> int | None:
    return min((bound for bound in bounds if bound is not None), default=None)


def _inline_of(model: MediaLimits, counted: Counted) -> int | None:
    # A bound in bytes does not bound the characters.
    return model.inline if model.counted == counted else None


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
    problem = _format_problem(medium, limits) or pixel_problem(pixels_of(medium), limits)
    if problem is not None:
        return Failure(ValidationError(f"{name} {problem}"))
    size = size_of(medium)
    counted = data_url_length(size, medium.content_type) if limits.counted == "data_url" else size
    fits = limits.inline is None or counted <= limits.inline
    if fits and isinstance(medium, MediaContent):
        return Success("inline")
    if limits.uploaded is None:
        # A file stays on the disk because it is too large for any request.
        most = IN_MEMORY if limits.inline is None else min(limits.inline, IN_MEMORY)
        unit = "characters as a data URL" if limits.counted == "data_url" else "bytes"
        advice = f"make it smaller, or {limits.instead}" if limits.instead else "make it smaller"
        message = f"{name} has {counted} {unit}, and at most {most} fit into a request: {advice}"
        return Failure(ValidationError(message))
    if size > limits.uploaded:
        message = f"{name} has {size} bytes, and at most {limits.uploaded} are taken"
        return Failure(ValidationError(f"{message}: make it smaller"))
    if size < limits.least:
        message = f"{name} has {size} bytes, and no file below {limits.least} can be uploaded"
        return Failure(ValidationError(f"{message}: use another"))
    return Success("upload")


def _format_problem(medium: MediaContent | MediaFile, limits: MediaLimits) -> str | None:
    kind = medium.content_type
    if not limits.formats or kind in limits.formats:
        return None
    named = "of no known format" if kind == UNKNOWN else kind
    return f"is {named}, and {', '.join(limits.formats)} are taken: convert it"


def pixel_problem(pixels: tuple[int, int] | None, limits: MediaLimits | None) -> str | None:
    """Return what is wrong with the size of an image, or None.

    >>> pixel_problem((200, 900), MediaLimits(side=(300, None)))
    'is 200x900 pixels, and each side must have at least 300: resize it'
    """
    if pixels is None or limits is None:
        return None
    width, height = pixels
    least, most = limits.side or (0, None)
    if min(pixels) < least or (most is not None and max(pixels) > most):
        bounds = f"at least {least}" if most is None else f"{least} to {most}"
        return f"is {width}x{height} pixels, and each side must have {bounds}: resize it"
    if limits.ratio is not None and not limits.ratio[0] <= width / height <= limits.ratio[1]:
        low, high = limits.ratio
        return (
            f"is {width}x{height} pixels, and its width divided by its height must be {low:g} to "
            f"{high:g}: crop it"
        )
    return None


def size_of(medium: MediaContent | MediaFile) -> int:
    """Return the bytes of a medium."""
    return medium.size if isinstance(medium, MediaFile) else len(medium.content)


def pixels_of(medium: Media) -> tuple[int, int] | None:
    """Return the width and height of an image as it is shown, or None where they are not known."""
    match medium:
        case UploadedMedia(pixels=pixels):
            return pixels
        case (
            MediaContent(content=head, content_type=kind) | MediaFile(head=head, content_type=kind)
        ) if kind.startswith("image/"):
            return picture_size(head)
        case _:
            return None


def data_url_length(size: int, content_type: str) -> int:
    """Return the characters of a data URL of so many bytes.

    >>> data_url_length(3, "image/png") == len("data:image/png;base64,AAAA")
    True
    """
    return len(f"data:{content_type};base64,") + 4 * ((size + 2) // 3)
