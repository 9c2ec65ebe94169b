"""The types with which providers describe their models: data without logic.

Each model is a row; to add a model, add a row. In all types, ``field`` is a native name.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeAlias

import attrs

from ..values.media import ImageRole
from .limits import MediaLimits

NumberForm: TypeAlias = Literal["number", "text", "seconds"]


@attrs.frozen(kw_only=True)
class Choice:
    """A string from a fixed set.

    Attributes:
        values: The supported values, in our spelling (``"1080p"``, ``"16:9"``).
        wire: Native spelling where it differs from ours: a text, or another JSON value.
    """

    field: str
    values: tuple[str, ...]
    wire: Mapping[str, Any] = attrs.field(factory=dict, hash=False)


@attrs.frozen(kw_only=True)
class Length:
    """A length in seconds.

    Attributes:
        choices: The supported seconds; empty for a range.
        low: Least seconds of the range, or None if it is not known.
        high: Most seconds of the range, or None if it is not known.
        step: Seconds between two values of the range.
        form: JSON type: ``5``, ``"5"`` (text) or ``"5s"`` (seconds).
        default: The seconds to send if the caller leaves the length open, for a model that
            requires one; None for a model that does not.
    """

    field: str = "duration"
    choices: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    step: float = 1.0
    form: NumberForm = "number"
    default: float | None = None


@attrs.frozen(kw_only=True)
class Frames:
    """A length as a number of frames.

    Attributes:
        fps: Frames a second unless ``fps_field`` is in ``extra_params``.
        fps_field: Native name of the frame rate, or None if it is fixed.
        choices: The supported numbers of frames; empty for a range.
        low: Least frames, or None if it is not known.
        high: Most frames, or None if it is not known.
        form: JSON type.
    """

    field: str = "num_frames"
    fps: float
    fps_field: str | None = None
    choices: tuple[int, ...] = ()
    low: int | None = None
    high: int | None = None
    form: NumberForm = "number"


@attrs.frozen(kw_only=True)
class Size:
    """A width and a height in one string, chosen by resolution and aspect ratio together.

    Attributes:
        sizes: Native value to (width, height) in pixels; the first one is the default.
        required: Whether the model always requires one.
        height_field: The native name of the height, if the model takes two numbers instead of one
            string; ``field`` is then the name of the width.
        free: Whether the model accepts sizes outside the table: a ``WIDTHxHEIGHT`` of the caller
            is sent unchanged, and a size is computed for a resolution and a ratio that the table
            lacks.
        multiple_of: The sides of a computed size are multiples of so many pixels.
    """

    field: str
    sizes: Mapping[str, tuple[int, int]] = attrs.field(hash=False)
    required: bool = False
    height_field: str | None = None
    free: bool = False
    multiple_of: int = 1


@attrs.frozen(kw_only=True)
class Switch:
    """A setting that is on or off.

    Attributes:
        on: Native value for True.
        off: Native value for False.
        always_on: Whether the model does not support False: it is left out, with a warning.
    """

    field: str
    on: Any = True
    off: Any = False
    always_on: bool = False


@attrs.frozen(kw_only=True)
class ImageSlot:
    """A native field for images.

    Attributes:
        roles: The roles of the images that it accepts.
        many: Whether the native value is a list.
        required: Whether the model requires an image here.
        most: Most images in a list, or None if it is not known.
        kind: The type that an image's native object names, or None if it names none or is not an
            object.
    """

    field: str
    roles: tuple[ImageRole, ...]
    many: bool = False
    required: bool = False
    most: int | None = None
    kind: str | None = None


@attrs.frozen(kw_only=True)
class VideoSlot:
    """A native field for a video."""

    field: str = "video_url"
    many: bool = False
    required: bool = False


@attrs.frozen(kw_only=True)
class Retirement:
    """When a provider stops offering a model.

    Attributes:
        on: The first day on which it is no longer offered.
        successor: What to use instead: a model id or a few words; empty if the source names none.
        source: The public page or repository that announces it, with the date.
        published: Whether the provider itself published the date. If so, the model is refused from
            that day on; a date from another source only causes a warning.
    """

    on: date
    successor: str = ""
    source: str
    published: bool = True


# Names of standard fields of a request.
Standard: TypeAlias = Literal[
    "prompt",
    "duration_seconds",
    "resolution",
    "aspect_ratio",
    "generate_audio",
    "negative_prompt",
    "seed",
    "enhance_prompt",
]


@attrs.frozen(kw_only=True)
class Ignored:
    """A standard field that the model ignores if a certain native field is present.

    The field is left out with a warning.

    Attributes:
        name: The standard field.
        beside: The native fields; one of them is enough.
    """

    name: Standard
    beside: tuple[str, ...]


@attrs.frozen(kw_only=True)
class LengthAt:
    """Lengths that the model supports at certain resolutions.

    It applies to models whose length is in seconds (`Length`), if a resolution is sent.

    Attributes:
        resolutions: Native values of the resolution.
        choices: The seconds that it supports there.
    """

    resolutions: tuple[str, ...]
    choices: tuple[float, ...]


@attrs.frozen(kw_only=True)
class Together:
    """A native field that goes only with another one, or only without it.

    A request against the rule is refused.

    Attributes:
        field: The field that the rule is about.
        value: The value that the rule is about, or None for any.
        beside: Native names of the others: one of them is enough.
        of: The values that one must have; empty: any.
        default: What the model takes for the other one when it is left out, or None.
        apart: True if the others must be absent instead.
        only_warns: Whether a request against the rule is sent, with a warning.
        message: What the caller reads; ``{model}`` stands for the model's id.
    """

    field: str
    beside: tuple[str, ...]
    value: Any = attrs.field(default=None, hash=False)
    of: tuple[Any, ...] = ()
    default: Any = attrs.field(default=None, hash=False)
    apart: bool = False
    only_warns: bool = False
    message: str


Rule: TypeAlias = Ignored | LengthAt | Together
FrameShape: TypeAlias = Literal["crops", "pads", "refuses", "follows"]


@attrs.frozen(kw_only=True)
class ModelRow:
    """What one model supports; None or empty means that it does not support the field.

    Attributes:
        prompt: Native name of the prompt.
        length: The form of its length.
        aspect_ratio: Its aspect ratios.
        resolution: Its resolutions.
        size: Its sizes, if one field combines resolution and aspect ratio.
        audio: The switch for sound.
        negative_prompt: Native name.
        seed: Native name.
        enhance: The switch for prompt rewriting.
        images: Its fields for images, tried in order.
        most_images: Most images in all of these fields together, or None if only the fields
            themselves are limited.
        frames: What it does with a first or last frame of another shape than the size or the ratio
            that is sent: it ``"crops"`` or ``"pads"`` the picture, ``"refuses"`` one that has not
            exactly the pixels of the video, or ``"follows"`` the picture. None if no source says.
        image_limits: Limits of its images, beside those of its provider.
        video: Its field for a video.
        video_limits: Limits of its video, beside those of its provider.
        required: Native fields without a standard name that ``extra_params`` must contain.
        needs: Standard fields that the model requires.
        rules: Rules that connect several fields.
        generic: Whether this row is used for models without a row of their own.
        retires: When the model is no longer offered, or None if no date is known.
        superseded_by: The model to use instead, if the provider no longer publishes this one but
            may still accept it: it is sent with a warning. Empty for a published model.
        marks: Invisible marks that its maker declares for every video, such as ``"SynthID"``.
        soonest: Seconds that it takes at least, from the acceptance of a job to its video, or None
            if no source says: the first poll waits so long.
    """

    prompt: str | None = "prompt"
    length: Length | Frames | None = None
    aspect_ratio: Choice | None = None
    resolution: Choice | None = None
    size: Size | None = None
    audio: Switch | None = None
    negative_prompt: str | None = None
    seed: str | None = None
    enhance: Switch | None = None
    images: tuple[ImageSlot, ...] = ()
    most_images: int | None = None
    frames: FrameShape | None = None
    image_limits: MediaLimits | None = None
    video: VideoSlot | None = None
    video_limits: MediaLimits | None = None
    required: tuple[str, ...] = ()
    needs: tuple[Standard, ...] = ()
    rules: tuple[Rule, ...] = ()
    generic: bool = False
    retires: Retirement | None = None
    superseded_by: str = ""
    marks: tuple[str, ...] = ()
    soonest: float | None = None
