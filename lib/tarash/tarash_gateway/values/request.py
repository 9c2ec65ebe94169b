"""The request for a video, in words that are the same for all providers."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Literal, TypeAlias

import attrs
from attrs.validators import optional

from . import checks
from .keywords import explained
from .media import ImageInput, ImageItem, Media, MediaType, as_image, as_media
from .shown import Shown

# The usual values, for annotations and menus. The fields accept any text: a value that a model does
# not support is rounded, or refused with a list of the supported values.
Resolution: TypeAlias = Literal["360p", "480p", "720p", "1080p", "4k"]
AspectRatio: TypeAlias = Literal["16:9", "9:16", "1:1", "4:3", "21:9"]


def _as_images(value: Sequence[ImageItem] | None) -> tuple[ImageInput, ...]:
    if value is None:
        return ()
    items = checks.as_tuple("image_list", value)
    return tuple(as_image(f"image_list[{place}]", item) for place, item in enumerate(items))


def _as_video(value: MediaType) -> Media:
    return as_media("video", value)


def _as_seconds(value: Any) -> Any:
    # Only integers become floats here. The validator refuses "5" and True, and an integer with
    # hundreds of digits, which does not fit in a float.
    whole = isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < 1000  # noqa: PLR2004 - a float ends at 2**1024
    return float(value) if whole else value


def _as_names(value: Any) -> frozenset[str]:
    if not isinstance(value, AbstractSet) or not all(isinstance(name, str) for name in value):
        raise checks.refuse("extra_keywords", value, "a set of strings")
    return frozenset(value)


@explained
@attrs.frozen(kw_only=True, init=False)
class VideoGenerationRequest(Shown):
    """One video to make.

    Unknown keywords go into ``extra_params``.

    Attributes:
        prompt: Text description; not empty.
        duration_seconds: Length in seconds, > 0; None lets the model choose.
        resolution: Free text, e.g. ``"1080p"``.
        aspect_ratio: Free text, e.g. ``"16:9"``.
        generate_audio: Whether to make sound; None lets the model choose.
        image_list: Images, each with its role.
        video: A video to extend or remix.
        seed: Seed for reproducible output; 0 is a seed.
        negative_prompt: What to avoid.
        enhance_prompt: Whether the provider may rewrite the prompt.
        extra_params: The provider's own parameters, sent unchanged.
        extra_keywords: Names in ``extra_params`` that were unknown keywords, and so may be typing
            errors. Equality and the JSON form ignore this field.

    Raises:
        ValidationError: If a field has a wrong type or value.
    """

    prompt: str = attrs.field(validator=checks.text)
    duration_seconds: float | None = attrs.field(
        default=None,
        converter=_as_seconds,
        validator=optional(checks.number("seconds")),
    )
    resolution: str | None = attrs.field(default=None, validator=optional(checks.text))
    aspect_ratio: str | None = attrs.field(default=None, validator=optional(checks.text))
    generate_audio: bool | None = attrs.field(default=None, validator=optional(checks.flag))
    image_list: tuple[ImageInput, ...] = attrs.field(default=(), converter=_as_images)
    video: Media | None = attrs.field(default=None, converter=attrs.converters.optional(_as_video))
    seed: int | None = attrs.field(default=None, validator=optional(checks.whole()))
    negative_prompt: str | None = attrs.field(default=None, validator=optional(checks.text))
    enhance_prompt: bool | None = attrs.field(default=None, validator=optional(checks.flag))
    extra_params: Mapping[str, Any] = attrs.field(factory=dict, hash=False)
    extra_keywords: frozenset[str] = attrs.field(default=frozenset(), eq=False, repr=False)

    # Without a docstring of its own, editors show that of the class where a request is made.
    def __init__(  # noqa: D107, PLR0913 - each field by its name
        self,
        *,
        prompt: str,
        duration_seconds: float | None = None,
        resolution: Resolution | str | None = None,
        aspect_ratio: AspectRatio | str | None = None,
        generate_audio: bool | None = None,
        image_list: Sequence[ImageItem] | None = None,
        video: MediaType | None = None,
        seed: int | None = None,
        negative_prompt: str | None = None,
        enhance_prompt: bool | None = None,
        extra_params: Mapping[str, Any] | None = None,
        extra_keywords: AbstractSet[str] = frozenset(),
        **extra: Any,
    ) -> None:
        params = {} if extra_params is None else checks.string_keys("extra_params", extra_params)
        self.__attrs_init__(
            prompt=prompt,
            duration_seconds=duration_seconds,
            resolution=resolution,
            aspect_ratio=aspect_ratio,
            generate_audio=generate_audio,
            image_list=image_list,
            video=video,
            seed=seed,
            negative_prompt=negative_prompt,
            enhance_prompt=enhance_prompt,
            extra_params={**params, **extra},
            extra_keywords=_as_names(extra_keywords) | extra.keys(),
        )


def media_of(request: VideoGenerationRequest) -> Iterator[tuple[str, Media]]:
    """Yield the images and the video of a request, each with what the caller calls it."""
    for place, item in enumerate(request.image_list):
        yield f"image_list[{place}]", item.image
    if request.video is not None:
        yield "video", request.video
