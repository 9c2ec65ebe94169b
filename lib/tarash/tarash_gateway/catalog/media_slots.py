"""Assign images and videos to native fields, or refuse them."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from returns.result import Success

from ..outcome import Outcome
from ..values.media import ImageInput, Media
from ..values.request import VideoGenerationRequest
from .limits import pixel_problem, pixels_of
from .mapped import NOTHING, Mapped, in_words, refusal
from .rows import ImageSlot, ModelRow, VideoSlot

EncodeMedia: TypeAlias = Callable[[Media], Any]


def images(
    model: str, row: ModelRow, request: VideoGenerationRequest, encode: EncodeMedia
) -> Outcome[Mapped]:
    """Return the images in the native fields of their roles, or an error if one has no slot.

    A ``reference`` for a model without reference images becomes its first frame, with a warning.
    """
    if not request.image_list and not any(slot.required for slot in row.images):
        return Success(NOTHING)
    if row.most_images is not None and len(request.image_list) > row.most_images:
        message = (
            f"image_list has {len(request.image_list)} images: "
            f"{model} takes {row.most_images} in all, frames included"
        )
        return refusal(model, message)
    slots: dict[str, list[ImageInput]] = {slot.field: [] for slot in row.images}
    warnings: list[str] = []
    # References that become first frames come last, after the images with that role.
    ordered = sorted(enumerate(request.image_list), key=lambda item: _is_loose(row, item[1]))
    for place, image in ordered:
        role = "first_frame" if _is_loose(row, image) else image.type
        fitting = [slot for slot in row.images if role in slot.roles]
        slot = next((s for s in fitting if len(slots[s.field]) < _most(s)), None)
        if slot is None:
            return refusal(model, _no_slot(model, row, image, f"image_list[{place}]", fitting))
        problem = pixel_problem(pixels_of(image.image), row.image_limits)
        if problem is not None:
            return refusal(model, f"image_list[{place}] {problem}")
        slots[slot.field].append(image)
        if role != image.type:
            warnings.append(
                f"image_list[{place}] is a reference image and was sent as the first frame: "
                f"{model} takes no reference images"
            )
    for slot in row.images:
        if slot.required and not slots[slot.field] and slot.field not in request.extra_params:
            return refusal(model, f"image_list has no {slot.roles[0]} image: {model} requires one")
    fields = {
        slot.field: _native(slot, [encode(item.image) for item in slots[slot.field]])
        for slot in row.images
        if slots[slot.field]
    }
    return Success(Mapped(fields=fields, adjusted=tuple(warnings)))


def _is_loose(row: ModelRow, image: ImageInput) -> bool:
    """Tell whether an image is a reference that the model can use only as the first frame."""
    roles = {role for slot in row.images for role in slot.roles}
    return image.type == "reference" and "reference" not in roles and "first_frame" in roles


def _most(slot: ImageSlot) -> float:
    return (slot.most or math.inf) if slot.many else 1


def _native(slot: ImageSlot | VideoSlot, values: list[Any]) -> Any:
    return values if slot.many else values[0]


def _no_slot(
    model: str, row: ModelRow, image: ImageInput, where: str, full: list[ImageSlot]
) -> str:
    article = "an" if image.type == "asset" else "a"
    message = f"{where} is {article} {image.type} image, but {model} takes "
    if full:
        most = sum(map(_most, full))
        as_what = ", as its first frame" if _is_loose(row, image) else ""
        return f"{message}{'one' if most == 1 else f'up to {most}'}{as_what}: leave out the others"
    if not row.images:
        return f"{message}no images: leave it out"
    offered = in_words(map(slot_text, row.images))
    return f"{message}only {offered}: change its type or leave it out"


def slot_text(slot: ImageSlot) -> str:
    """Return the images that a slot accepts, for messages and tables."""
    most = "" if not slot.many else f" (up to {slot.most})" if slot.most else " (several)"
    return "/".join(slot.roles) + most


def video(
    model: str, row: ModelRow, request: VideoGenerationRequest, encode: EncodeMedia
) -> Outcome[Mapped]:
    """Return the video in its native field, or an error if it has none."""
    slot = row.video
    if request.video is None:
        if slot is not None and slot.required and slot.field not in request.extra_params:
            return refusal(model, f"video is missing: {model} requires one")
        return Success(NOTHING)
    if slot is None:
        return refusal(model, f"video was given, but {model} takes no video: leave it out")
    return Success(Mapped(fields={slot.field: _native(slot, [encode(request.video)])}))
