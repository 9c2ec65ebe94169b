"""What `list_models` and `list_providers` return: models and providers as values."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

import attrs

from ..values import in_html
from ..values.media import ImageRole
from ..values.shown import Shown
from .describe import NOTHING, Description, describe
from .nearest import named_ratio
from .rows import Choice, Frames, FrameShape, Length, ModelRow, Standard

T = TypeVar("T", bound="ModelInfo | ProviderInfo")


@attrs.frozen(kw_only=True)
class Seconds(Shown):
    """The lengths that a model takes without rounding.

    Attributes:
        choices: The seconds to choose from; empty for a range.
        least: Least seconds of the range, or None if it is not known.
        most: Most seconds of the range, or None if it is not known.
        step: Seconds between two values of the range.
        default: The seconds that are sent where the request leaves the length open, or None where
            the model decides.
    """

    choices: tuple[float, ...] = ()
    least: float | None = None
    most: float | None = None
    step: float = 1.0
    default: float | None = None


@attrs.frozen(kw_only=True)
class ImageSlotInfo(Shown):
    """Images that a model takes.

    Attributes:
        roles: What they may be for: ``"first_frame"``, ``"last_frame"``, ``"reference"``,
            ``"asset"`` or ``"style"``.
        most: How many, or None where it takes several and no source says how many.
        required: Whether it makes no video without one.
    """

    roles: tuple[ImageRole, ...]
    most: int | None = 1
    required: bool = False


@attrs.frozen(kw_only=True)
class ModelInfo(Shown):
    """What one model takes, as the library knows it.

    Where a model has several endpoints, this is what any of them takes.

    Attributes:
        provider: Provider id.
        model: Model id.
        seconds: The lengths that it takes, or None if it takes no ``duration_seconds``.
        fps: Frames a second, where the length is sent as a number of frames; else None.
        resolutions: Values of ``resolution``; empty if it takes none, or see ``unlisted``.
        aspect_ratios: Values of ``aspect_ratio``; likewise.
        sizes: Values of ``resolution`` such as ``"1280x720"``, where one native field has both.
        unlisted: Those of ``"duration_seconds"``, ``"resolution"`` and ``"aspect_ratio"`` that it
            takes although no source lists their values: any value is sent as it is.
        images: The images that it takes.
        most_images: Most images in all, or None if only ``images`` limits them.
        video: Whether it takes a video.
        audio: Whether ``generate_audio`` switches its sound.
        seed: Whether it takes a ``seed``.
        negative_prompt: Whether it takes a ``negative_prompt``.
        enhance_prompt: Whether ``enhance_prompt`` switches the rewriting of prompts.
        needs: Fields of a request without which it makes no video, such as ``"video"``.
        extra_params: Names that ``extra_params`` must have.
        frame_shape: What it does with a first or last frame of another shape than the video: it
            ``"crops"`` or ``"pads"`` it, ``"refuses"`` it, or ``"follows"`` its shape. None if no
            source says.
        marks: Invisible marks that its maker declares for every video, such as ``"SynthID"``.
        soonest: Seconds that it takes at least, or None if no source says.
        retires: The first day on which it is no longer offered, or None if no date is known.
        successor: What to use instead of a model that retires or is no longer published, or "".
        generic: Whether this stands for every model of the provider without a row of its own.
        description: The same in words, as tables show it.
    """

    provider: str
    model: str
    seconds: Seconds | None = None
    fps: float | None = None
    resolutions: tuple[str, ...] = ()
    aspect_ratios: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    unlisted: tuple[Standard, ...] = ()
    images: tuple[ImageSlotInfo, ...] = ()
    most_images: int | None = None
    video: bool = False
    audio: bool = False
    seed: bool = False
    negative_prompt: bool = False
    enhance_prompt: bool = False
    needs: tuple[str, ...] = ()
    extra_params: tuple[str, ...] = ()
    frame_shape: FrameShape | None = None
    marks: tuple[str, ...] = ()
    soonest: float | None = None
    retires: date | None = None
    successor: str = ""
    generic: bool = False
    description: Description = attrs.field(eq=False, repr=False)

    @property
    def name(self) -> str:
        """The model as ``generate_video`` takes it in place of a config: ``"PROVIDER:MODEL"``."""
        return f"{self.provider}:{self.model}"

    @property
    def image_roles(self) -> frozenset[ImageRole]:
        """What its images may be for."""
        return frozenset(role for slot in self.images for role in slot.roles)

    def cells(self) -> dict[str, str]:
        """Return the texts of a table's row, by column."""
        return {"name": self.name} | attrs.asdict(
            self.description, filter=attrs.filters.exclude("model")
        )

    def _repr_html_(self) -> str:
        given = ((column, text) for column, text in self.cells().items() if text != NOTHING)
        return in_html.table((), given)


@attrs.frozen(kw_only=True)
class ProviderInfo(Shown):
    """A provider, and what it can do.

    Attributes:
        name: Provider id.
        keys: Environment variables that may hold the key, in order of preference; an item with
            several names needs all of them. Empty if no key is needed, or it is fetched.
        has_key: Whether these variables are set; None where no variable holds a key.
        key_source: Those of ``keys`` from which the key is read; empty if none are set.
        models: How many models are listed.
        dashboard: The page on which you find the jobs of your account, or None.
        key_page: The page on which you make a key, or None.
        starter_model: A quick model that needs a prompt alone, for a first video, or None.
        base_url_variable: The environment variable that sets another address, or None.
        needs_address: Why you have to set the address first, or None where you need not.
        cancels: Whether a job can be cancelled.
        lists_jobs: Whether `reconcile_video` can ask what became of an unknown submission.
        streams: Whether it tells by itself how a job goes on, between two polls.
        uploads: Whether it takes files that are too large for a request.
        webhooks: Whether it calls a ``webhook_url``.
        settings: The names that it reads in ``provider_config``.
        broken: Why an installed package's provider cannot be used, or None.
    """

    name: str
    keys: tuple[tuple[str, ...], ...] = ()
    has_key: bool | None = None
    key_source: tuple[str, ...] = ()
    models: int = 0
    dashboard: str | None = None
    key_page: str | None = None
    starter_model: str | None = None
    base_url_variable: str | None = None
    needs_address: str | None = None
    cancels: bool = False
    lists_jobs: bool = False
    streams: bool = False
    uploads: bool = False
    webhooks: bool = False
    settings: tuple[str, ...] = ()
    broken: str | None = None

    def cells(self) -> dict[str, str]:
        """Return the texts of a table's row, by column."""
        able = ("cancels", "lists_jobs", "streams", "uploads", "webhooks")
        return {
            "name": self.name,
            "key": " or ".join(" and ".join(names) for names in self.keys) or NOTHING,
            "set": {None: NOTHING, True: "yes", False: "no"}[self.has_key],
            "models": str(self.models),
            "also": self.broken or ", ".join(n for n in able if getattr(self, n)) or NOTHING,
        }

    def _repr_html_(self) -> str:
        return in_html.table((), self.cells().items())


class Listing(tuple[T, ...]):
    """A tuple that shows its items as lines, and as a table in a notebook."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(" + ",\n ".join(map(repr, self)) + ("," if len(self) == 1 else "") + ")"

    def _repr_html_(self) -> str:
        rows = [item.cells() for item in self]
        if not rows:
            return "<em>none</em>"
        return in_html.table([*rows[0]], [[*row.values()] for row in rows])


def info_of(provider: str, model: str, row: ModelRow) -> ModelInfo:
    """Return what a row says about a model.

    >>> info_of("p", "m", ModelRow(length=Length(choices=(4, 8)), seed="seed")).seconds
    Seconds(choices=(4, 8))
    """
    sides = () if row.size is None else tuple(row.size.sizes.values())
    resolutions, ratios = _values(row.resolution), _values(row.aspect_ratio)
    required = [slot for slot in row.images if slot.required]
    return ModelInfo(
        provider=provider,
        model=model,
        seconds=_seconds(row.length),
        fps=row.length.fps if isinstance(row.length, Frames) else None,
        resolutions=resolutions or _unique(f"{min(pair)}p" for pair in sides),
        aspect_ratios=ratios or _unique(named_ratio(*pair) for pair in sides),
        sizes=() if row.size is None else tuple(row.size.sizes),
        unlisted=tuple(_unlisted(row)),
        images=tuple(
            ImageSlotInfo(roles=s.roles, most=s.most if s.many else 1, required=s.required)
            for s in row.images
        ),
        most_images=row.most_images,
        video=row.video is not None,
        audio=row.audio is not None,
        seed=row.seed is not None,
        negative_prompt=row.negative_prompt is not None,
        enhance_prompt=row.enhance is not None,
        needs=(
            *row.needs,
            *(["image_list"] if required else []),
            *(["video"] if row.video is not None and row.video.required else []),
        ),
        extra_params=row.required,
        frame_shape=row.frames,
        marks=row.marks,
        soonest=row.soonest,
        retires=None if row.retires is None else row.retires.on,
        successor=row.superseded_by or (row.retires.successor if row.retires else ""),
        generic=row.generic,
        description=describe(model, row),
    )


def _values(choice: Choice | None) -> tuple[str, ...]:
    return () if choice is None else choice.values


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


def _seconds(length: Length | Frames | None) -> Seconds | None:
    match length:
        case None:
            return None
        case Length(choices=choices, low=low, high=high, step=step, default=default):
            return Seconds(choices=choices, least=low, most=high, step=step, default=default)
        case Frames(choices=counts, low=low, high=high, fps=fps):
            return Seconds(
                choices=tuple(count / fps for count in counts),
                least=None if low is None else low / fps,
                most=None if high is None else high / fps,
                step=1 / fps,
            )


def _unlisted(row: ModelRow) -> Iterable[Standard]:
    length: Any = row.length
    if length is not None and not length.choices and length.low is None and length.high is None:
        yield "duration_seconds"
    if row.resolution is not None and not row.resolution.values:
        yield "resolution"
    if row.aspect_ratio is not None and not row.aspect_ratio.values:
        yield "aspect_ratio"
