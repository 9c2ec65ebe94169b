"""Which models take what somebody wants to make."""

import attrs
from attrs.validators import optional
from returns.result import Success

from ..values import checks
from ..values.media import ROLES, ImageRole
from ..values.request import VideoGenerationRequest
from .info import ModelInfo
from .mapping import map_request
from .rows import ModelRow


def _check_image(_: object, __: object, image: object) -> None:
    if image is None or isinstance(image, bool) or image in ROLES:
        return
    raise checks.refuse("image", image, f"True, False or a role ({', '.join(ROLES)})")


@attrs.frozen(kw_only=True)
class Wanted:
    """What a model has to take; None where it does not matter.

    Attributes:
        image: Whether it takes images, or the role of one.
        video: Whether it takes a video.
        seconds: A length that it takes without rounding.
        resolution: A resolution that it takes as it is.
        aspect_ratio: An aspect ratio that it takes as it is.
        audio: Whether its sound can be switched.
        seed: Whether it takes a seed.
        negative_prompt: Whether it takes a negative prompt.
        enhance_prompt: Whether the rewriting of prompts can be switched.
    """

    image: bool | ImageRole | None = attrs.field(default=None, validator=_check_image)
    video: bool | None = attrs.field(default=None, validator=optional(checks.flag))
    seconds: float | None = attrs.field(default=None, validator=optional(checks.number("seconds")))
    resolution: str | None = attrs.field(default=None, validator=optional(checks.text))
    aspect_ratio: str | None = attrs.field(default=None, validator=optional(checks.text))
    audio: bool | None = attrs.field(default=None, validator=optional(checks.flag))
    seed: bool | None = attrs.field(default=None, validator=optional(checks.flag))
    negative_prompt: bool | None = attrs.field(default=None, validator=optional(checks.flag))
    enhance_prompt: bool | None = attrs.field(default=None, validator=optional(checks.flag))

    def fits(self, info: ModelInfo, row: ModelRow) -> bool:
        """Tell whether a model takes all of it."""
        return self._has(info) and self._takes(info.model, row)

    def _has(self, info: ModelInfo) -> bool:
        if isinstance(self.image, str) and self.image not in info.image_roles:
            return False
        image = bool(self.image) if self.image is not None else None
        pairs = (
            (image, bool(info.images)),
            (self.video, info.video),
            (self.audio, info.audio),
            (self.seed, info.seed),
            (self.negative_prompt, info.negative_prompt),
            (self.enhance_prompt, info.enhance_prompt),
        )
        return all(wanted is None or wanted == has for wanted, has in pairs)

    def _takes(self, model: str, row: ModelRow) -> bool:
        """Tell whether the length and the shape are sent as they are.

        A request is mapped, so that rules hold which connect them: 8 seconds at 1080p only.
        """
        shape = (self.seconds, self.resolution, self.aspect_ratio)
        if all(wish is None for wish in shape):
            return True
        request = VideoGenerationRequest(
            prompt="any",
            duration_seconds=self.seconds,
            resolution=self.resolution,
            aspect_ratio=self.aspect_ratio,
        )
        mapped = map_request(model, _without_needs(row), request)
        return isinstance(mapped, Success) and not mapped.unwrap().adjusted


def _without_needs(row: ModelRow) -> ModelRow:
    """Return a row that refuses no request for what is not in it: media, parameters."""
    return attrs.evolve(
        row,
        images=tuple(attrs.evolve(slot, required=False) for slot in row.images),
        video=row.video and attrs.evolve(row.video, required=False),
        required=(),
        needs=(),
    )
