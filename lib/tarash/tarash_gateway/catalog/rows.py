"""The vocabulary in which providers describe their models: data, no logic.

A model is a row. Adding a model is adding a row.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeAlias

import attrs

from ..values.media import ImageRole

NumberForm: TypeAlias = Literal["number", "text", "seconds"]


@attrs.frozen(kw_only=True)
class Choice:
    """A string out of a closed set.

    Attributes:
        field: Native name.
        values: What the model takes, in our spelling (``"1080p"``, ``"16:9"``).
        wire: Native spelling where it differs from ours: a text, or another JSON value.
    """

    field: str
    values: tuple[str, ...]
    wire: Mapping[str, Any] = attrs.field(factory=dict, hash=False)


@attrs.frozen(kw_only=True)
class Length:
    """A length in seconds.

    Attributes:
        field: Native name.
        choices: Seconds the model offers; empty: a range.
        low: Least seconds of the range, or None if it is not known.
        high: Most seconds of the range, or None if it is not known.
        step: Seconds between two values of the range.
        form: JSON type: ``5``, ``"5"`` (text) or ``"5s"`` (seconds).
    """

    field: str = "duration"
    choices: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    step: float = 1.0
    form: NumberForm = "number"


@attrs.frozen(kw_only=True)
class Frames:
    """A length as a number of frames.

    Attributes:
        field: Native name.
        fps: Frames a second unless ``fps_field`` is in ``extra_params``.
        fps_field: Native name of the frame rate, or None if it is fixed.
        choices: Numbers of frames the model offers; empty: a range.
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
        field: Native name.
        sizes: Native value to (width, height) in pixels; the first one is the default.
        required: Whether the model wants one always.
        height_field: Where the model wants two numbers instead: the height's native name, and
            ``field`` is the width's.
        free: Whether the table is no limit: a ``WIDTHxHEIGHT`` of the caller's is sent as it is,
            and a resolution and a ratio that the table has no size for are made into one.
        multiple_of: Pixels of which the sides of a size are multiples, unless the caller gives
            both sides.
    """

    field: str
    sizes: Mapping[str, tuple[int, int]] = attrs.field(hash=False)
    required: bool = False
    height_field: str | None = None
    free: bool = False
    multiple_of: int = 1


@attrs.frozen(kw_only=True)
class Switch:
    """A yes or no.

    Attributes:
        field: Native name.
        on: Native value for True.
        off: Native value for False.
        always_on: Whether False cannot be had: it is left out, with a warning.
    """

    field: str
    on: Any = True
    off: Any = False
    always_on: bool = False


@attrs.frozen(kw_only=True)
class ImageSlot:
    """A place for images.

    Attributes:
        field: Native name.
        roles: Roles that may stand here.
        many: Whether the native value is a list.
        required: Whether the model wants one.
        most: Most images in a list, or None if it is not known.
    """

    field: str
    roles: tuple[ImageRole, ...]
    many: bool = False
    required: bool = False
    most: int | None = None


@attrs.frozen(kw_only=True)
class VideoSlot:
    """A place for a video."""

    field: str = "video_url"
    many: bool = False
    required: bool = False


@attrs.frozen(kw_only=True)
class Retirement:
    """When a provider stops to offer a model.

    Attributes:
        on: The first day on which it is no longer offered.
        successor: What to use instead: a model id or a few words; empty if nothing is named.
        source: Who says so, with the date of the statement: a public page or repository.
        published: Whether the provider itself published the date. Only such a date refuses the
            model from that day on; the report of somebody else is a warning.
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
    """A standard field that the model does not look at beside a native field.

    The field is left out with a warning.

    Attributes:
        name: The standard field.
        beside: Native fields; any one of them is enough.
    """

    name: Standard
    beside: tuple[str, ...]


@attrs.frozen(kw_only=True)
class LengthAt:
    """Lengths that the model makes at some resolutions only.

    It is for models whose length is in seconds (`Length`), and holds where a resolution is sent.

    Attributes:
        resolutions: Native values of the resolution.
        choices: Seconds that it offers there.
    """

    resolutions: tuple[str, ...]
    choices: tuple[float, ...]


@attrs.frozen(kw_only=True)
class Together:
    """A native field that goes only with another one, or only without it.

    A request against the rule is refused.

    Attributes:
        field: Native name of the field that the rule is about.
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


@attrs.frozen(kw_only=True)
class ModelRow:
    """What one model takes; None or empty means that it takes none.

    Attributes:
        prompt: Native name of the prompt.
        length: How it takes a length.
        aspect_ratio: Its aspect ratios.
        resolution: Its resolutions.
        size: Its sizes, where one field stands for both.
        audio: The switch for sound.
        negative_prompt: Native name.
        seed: Native name.
        enhance: The switch for prompt rewriting.
        images: Places for images, tried in order.
        video: The place for a video.
        required: Native fields without a standard name that ``extra_params`` must bring.
        needs: Standard fields that the model does not work without.
        rules: What holds between its fields.
        generic: Whether this row stands for models that have none.
        retires: When the model is no longer offered, or None if nobody says so.
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
    video: VideoSlot | None = None
    required: tuple[str, ...] = ()
    needs: tuple[Standard, ...] = ()
    rules: tuple[Rule, ...] = ()
    generic: bool = False
    retires: Retirement | None = None
