"""Assign images and videos to native fields, or refuse them."""

from collections.abc import Callable
from typing import Any, TypeAlias

from returns.result import Failure, Success

from ..exceptions import ValidationError
from ..outcome import Outcome
from ..values.media import ImageInput, Media
from ..values.request import VideoGenerationRequest
from .mapped import Mapped, in_words
from .rows import ImageSlot, ModelRow

EncodeMedia: TypeAlias = Callable[[Media], Any]


def images(
    model: str, row: ModelRow, request: VideoGenerationRequest, encode: EncodeMedia
) -> Outcome[Mapped]:
    """Return the images in the native fields of their roles.

    A ``reference`` for a model without reference images becomes its first frame, with a warning.

    Errors:
        ValidationError: There are too many images, one of them has no slot, or a required image is
            missing.
    """
    if row.most_images is not None and len(request.image_list) > row.most_images:
        message = (
            f"image_list has {len(request.image_list)} images: "
            f"{model} takes {row.most_images} in all, frames included"
        )
        return Failure(ValidationError(message=message, model=model))
    slots: dict[str, list[ImageInput]] = {slot.field: [] for slot in row.images}
    warnings: list[str] = []
    # References that become first frames come last, after the images with that role.
    ordered = sorted(enumerate(request.image_list), key=lambda item: _is_loose(row, item[1]))
    for place, image in ordered:
        role = "first_frame" if _is_loose(row, image) else image.type
        slot = next((s for s in row.images if _fits(s, role, slots[s.field])), None)
        if slot is None:
            return Failure(_no_slot(model, row, place, image))
        slots[slot.field].append(image)
        if role != image.type:
            warnings.append(
                f"image_list[{place}] is a reference image and was sent as the first frame: "
                f"{model} takes no reference images"
            )
    missing = [
        slot
        for slot in row.images
        if slot.required and not slots[slot.field] and slot.field not in request.extra_params
    ]
    if missing:
        return Failure(_missing_image(model, missing[0]))
    return Success(
        Mapped(
            fields={
                slot.field: _native(slot.many, [encode(item.image) for item in slots[slot.field]])
                for slot in row.images
                if slots[slot.field]
            },
            adjusted=tuple(warnings),
        )
    )


def _is_loose(row: ModelRow, image: ImageInput) -> bool:
    """Tell whether an image is a reference that the model can use only as the first frame."""
    roles = {role for slot in row.images for role in slot.roles}
    return image.type == "reference" and "reference" not in roles and "first_frame" in roles


def _fits(slot: ImageSlot, role: str, already: list[ImageInput]) -> bool:
    most = (slot.most or len(already) + 1) if slot.many else 1
    return role in slot.roles and len(already) < most


def _native(many: bool, values: list[Any]) -> Any:  # noqa: FBT001 - a slot's fact
    return values if many else values[0]


def _no_slot(model: str, row: ModelRow, place: int, image: ImageInput) -> ValidationError:
    role = "first_frame" if _is_loose(row, image) else image.type
    full = [slot for slot in row.images if role in slot.roles]
    article = "an" if image.type == "asset" else "a"
    message = f"image_list[{place}] is {article} {image.type} image, but {model} takes "
    if full:
        most = sum((slot.most or 1) if slot.many else 1 for slot in full)
        as_what = "" if role == image.type else ", as its first frame"
        message += f"{'one' if most == 1 else f'up to {most}'}{as_what}: leave out the others"
    else:
        message += (
            f"only {in_words(map(slot_text, row.images))}: change its type or leave it out"
            if row.images
            else "no images: leave it out"
        )
    return ValidationError(message=message, model=model)


def slot_text(slot: ImageSlot) -> str:
    """Return the images that a slot accepts, for messages and tables."""
    most = "" if not slot.many else f" (up to {slot.most})" if slot.most else " (several)"
    return "/".join(slot.roles) + most


def _missing_image(model: str, slot: ImageSlot) -> ValidationError:
    return ValidationError(
        message=f"image_list has no {slot.roles[0]} image: {model} requires one",
        model=model,
    )


def video(
    model: str, row: ModelRow, request: VideoGenerationRequest, encode: EncodeMedia
) -> Outcome[Mapped]:
    """Return the video in its native field.

    Errors:
        ValidationError: The video has no slot, or a required video is missing.
    """
    slot = row.video
    if request.video is None:
        if slot is not None and slot.required and slot.field not in request.extra_params:
            message = f"video is missing: {model} requires one"
            return Failure(ValidationError(message=message, model=model))
        return Success(Mapped())
    if slot is None:
        message = f"video was given, but {model} takes no video: leave it out"
        return Failure(ValidationError(message=message, model=model))
    return Success(Mapped(fields={slot.field: _native(slot.many, [encode(request.video)])}))
