"""What Replicate's models say of two fields together, and of the form of images.

Source: wire/replicate.md, sections 4.1 and 6: only what Replicate's own pages and schemas say.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

import attrs
from returns.result import Failure, Success

from ...catalog.mapping import Mapped
from ...exceptions import ValidationError
from ...outcome import Outcome
from ...values.request import VideoGenerationRequest


@attrs.frozen(kw_only=True)
class Rule:
    """A native field that goes only with another one, or only without it.

    Attributes:
        field: Native name of the field that the rule is about.
        value: The value that the rule is about, or None for any.
        beside: Native names of the others: one of them is enough.
        of: The values that one must have; empty: any.
        default: What the model takes for the other one when it is left out, or None.
        apart: True if the others must be absent instead.
        then: What happens to a request against the rule: ``"refuse"``, ``"drop"`` (the model
            ignores the field, so it is left out with a warning) or ``"warn"``.
        says: What the caller is told; ``{model}`` stands for the model's id.
    """

    field: str
    beside: tuple[str, ...]
    value: Any = attrs.field(default=None, hash=False)
    of: tuple[Any, ...] = ()
    default: Any = attrs.field(default=None, hash=False)
    apart: bool = False
    then: Literal["refuse", "drop", "warn"] = "refuse"
    says: str


# Image fields that take http(s) URLs only, as plain text: section 4.1.
_URL_ONLY: Final = frozenset({"start_image_url", "end_image_url", "frame_image_url"})
# Data URLs are meant for files up to 256 kB: section 4.1.
_DATA_URL: Final = 256_000


def _last_needs_first(last: str, first: str = "image") -> Rule:
    return Rule(
        field=last,
        beside=(first,),
        says="image_list has a last_frame image, and {model} takes one only beside a first_frame",
    )


def _no_frames_with_references() -> Rule:
    return Rule(
        field="reference_images",
        beside=("image", "last_frame_image"),
        apart=True,
        says="image_list has both frames and references, and {model} takes only one kind at a time",
    )


def _ratio_ignored(*beside: str) -> Rule:
    return Rule(
        field="aspect_ratio",
        beside=beside,
        apart=True,
        then="drop",
        says="aspect_ratio was left out: {model} takes the ratio of the image",
    )


def _ignored_in_edits(field: str, name: str) -> Rule:
    return Rule(
        field=field,
        beside=("video",),
        apart=True,
        then="drop",
        says=f"{name} was left out: {{model}} keeps that of the video it edits",
    )


_RAY_2_RULES: Final = (_ratio_ignored("start_image", "end_image"),)

_RULES: Final[Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        "google/veo-3.1": (
            _last_needs_first("last_frame"),
            Rule(
                field="reference_images",
                beside=("aspect_ratio",),
                of=("16:9",),
                default="16:9",
                says="aspect_ratio must be 16:9 where image_list has references for {model}",
            ),
            Rule(
                field="reference_images",
                beside=("duration",),
                of=(8,),
                default=8,
                says="duration_seconds must be 8 where image_list has references for {model}",
            ),
        ),
        "google/veo-3.1-fast": (_last_needs_first("last_frame"),),
        # "Ignored if start_image is provided": replicate.com/kwaivgi/NAME/api, 2025-12 to 2026-11.
        **dict.fromkeys(
            (
                "kwaivgi/kling-v1.6-standard",
                "kwaivgi/kling-v2.0",
                "kwaivgi/kling-v2.1-master",
                "kwaivgi/kling-v2.5-turbo-pro",
                "kwaivgi/kling-v2.6",
            ),
            (_ratio_ignored("start_image"),),
        ),
        # "If not using audio": replicate.com/kwaivgi/kling-lip-sync/api/schema, 2026-09.
        "kwaivgi/kling-lip-sync": (
            Rule(
                field="text",
                beside=("audio_file",),
                apart=True,
                then="drop",
                says="prompt was left out: {model} speaks the audio_file, not a text",
            ),
        ),
        "kwaivgi/kling-v1.6-pro": (
            _ratio_ignored("start_image"),
            Rule(
                field="prompt",
                beside=("start_image", "end_image"),
                then="warn",
                says="{model} wants a first_frame or a last_frame in image_list",
            ),
        ),
        "kwaivgi/kling-v2.1": (
            Rule(
                field="end_image",
                beside=("mode",),
                of=("pro",),
                default="standard",
                says="image_list has a last_frame image, and {model} takes one only with "
                "resolution='1080p'",
            ),
        ),
        "minimax/hailuo-02": (
            Rule(
                field="duration",
                value=10,
                beside=("resolution",),
                of=("768p",),
                default="1080p",
                says="duration_seconds 10 goes only with resolution='768p' in {model}",
            ),
        ),
        "bytedance/seedance-1-lite": (
            _no_frames_with_references(),
            Rule(
                field="reference_images",
                beside=("resolution",),
                of=("480p", "720p"),
                default="720p",
                says="resolution must be 480p or 720p where image_list has references for {model}",
            ),
        ),
        "bytedance/seedance-2.0": (
            _no_frames_with_references(),
            _last_needs_first("last_frame_image"),
        ),
        "pixverse/pixverse-v5": (_last_needs_first("last_frame_image"),),
        "luma/ray": (_ratio_ignored("start_image_url", "end_image_url"),),
        "luma/ray-2-720p": _RAY_2_RULES,
        "luma/ray-2-540p": _RAY_2_RULES,
        "luma/ray-flash-2-720p": _RAY_2_RULES,
        "luma/ray-flash-2-540p": _RAY_2_RULES,
        "xai/grok-imagine-video": (
            _ignored_in_edits("duration", "duration_seconds"),
            _ignored_in_edits("aspect_ratio", "aspect_ratio"),
            _ignored_in_edits("resolution", "resolution"),
        ),
    }
)


def checked(model: str, mapped: Mapped, request: VideoGenerationRequest) -> Outcome[Mapped]:
    """Return the fields, without those that the model would ignore.

    Errors:
        ValidationError: Replicate would refuse these fields together.
    """
    for field in sorted(_URL_ONLY & set(mapped.fields)):
        if str(mapped.fields[field]).startswith("data:"):
            message = f"image_list has an image without a URL, and {model} takes URLs only"
            return Failure(ValidationError(message=message, model=model))
    for rule in _RULES.get(model, ()):
        if rule.then == "refuse" and _broken(rule, mapped.fields):
            return Failure(ValidationError(message=rule.says.format(model=model), model=model))
        if rule.then == "drop" and rule.field not in request.extra_params:
            mapped = _dropped(model, mapped, rule) if _broken(rule, mapped.fields) else mapped
    return Success(mapped)


def _dropped(model: str, mapped: Mapped, rule: Rule) -> Mapped:
    return attrs.evolve(
        mapped,
        fields={name: value for name, value in mapped.fields.items() if name != rule.field},
        adjusted=(*mapped.adjusted, rule.says.format(model=model)),
        misshapen=() if rule.field == "aspect_ratio" else mapped.misshapen,
        duration=None if rule.field == "duration" else mapped.duration,
        resolution=None if rule.field == "resolution" else mapped.resolution,
        aspect_ratio=None if rule.field == "aspect_ratio" else mapped.aspect_ratio,
    )


def _broken(rule: Rule, fields: Mapping[str, Any]) -> bool:
    if rule.field not in fields or rule.value not in (None, fields[rule.field]):
        return False
    there = [name for name in rule.beside if fields.get(name, rule.default) is not None]
    if rule.apart or not there:
        return rule.apart == bool(there)
    return bool(rule.of) and all(fields.get(name, rule.default) not in rule.of for name in there)


def hints(model: str, mapped: Mapped) -> tuple[str, ...]:
    """Return what the caller should know of the fields, though they go out as they are."""
    broken = (
        rule.says.format(model=model)
        for rule in _RULES.get(model, ())
        if rule.then == "warn" and _broken(rule, mapped.fields)
    )
    return (*broken, *_large(mapped))


def _large(mapped: Mapped) -> Iterable[str]:
    for field, value in mapped.fields.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and text.startswith("data:") and len(text) > _DATA_URL:
                yield (
                    f"{field} is sent inline with {len(text) // 1000} kB: Replicate advises a "
                    "public URL above 256 kB"
                )
