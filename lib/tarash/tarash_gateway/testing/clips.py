"""The clip that a scripted job makes: of the length and the size that its submission asks for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from ..catalog.nearest import pixels_of
from ..catalog.rows import Choice, Frames, ModelRow
from ..mock.movies import grey_clip
from ..mock.render import frame_size
from ..registry import known_providers

# Usual names, for models without a row and for fields that a row does not have.
_LENGTH: Final = ("duration", "durationSeconds", "seconds", "n_seconds", "duration_seconds")
_RATIO: Final = ("aspect_ratio", "aspectRatio", "ratio")
_RESOLUTION: Final = ("size", "resolution")
_SOUND: Final = ("generate_audio", "generateAudio", "audio", "enable_audio")
_NUMBER: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*s?\s*")
_NO_ROW: Final = ModelRow()


@attrs.frozen(kw_only=True)
class Wanted:
    """What a submission asks for, with defaults for what it leaves open.

    Attributes:
        seconds: How long the video plays.
        width: Pixels across.
        height: Pixels down.
        sound: Whether it has a sound track.
    """

    seconds: float = 5.0
    width: int = 1280
    height: int = 720
    sound: bool = False

    @property
    def content(self) -> bytes:
        """A playable MP4."""
        return grey_clip(self.seconds, self.width, self.height, sound=self.sound)


def wanted(provider: str, url: str, body: Mapping[str, Any]) -> Wanted:
    """Read what a submission asks for.

    Args:
        provider: Provider id.
        url: Where it was sent.
        body: Its fields.

    >>> wanted("fal", "", {"duration": "8s", "resolution": "1080p", "aspect_ratio": "9:16"})
    Wanted(seconds=8.0, width=1080, height=1920, sound=False)
    >>> wanted("replicate", "https://h/v1/models/wan-video/wan-2.2-t2v-fast/predictions",
    ...        {"input": {"num_frames": 121, "resolution": "480p", "aspect_ratio": "1:1"}})
    Wanted(seconds=7.5625, width=480, height=480, sound=False)
    """
    row = _row_of(provider, url, body)
    fields: dict[str, Any] = {}
    for name, value in _leaves(body):
        fields.setdefault(name, value)
    width, height = _size(row, fields)
    seconds = _seconds(row, fields)
    length = {"seconds": seconds} if seconds else {}
    return Wanted(width=width, height=height, sound=_sound(row, fields), **length)


def _row_of(provider: str, url: str, body: Mapping[str, Any]) -> ModelRow:
    """Return the row of the model that the body or the URL names."""
    models = known_providers()[provider].models
    named = str(body.get("model"))
    if named in models:
        return models[named]
    # "fal-ai/veo3" begins the name of other models.
    found = [model for model in models if re.search(rf"/{re.escape(model)}(?=[/:?]|$)", url)]
    return models[max(found, key=len)] if found else _NO_ROW


def _seconds(row: ModelRow, fields: Mapping[str, Any]) -> float | None:
    if isinstance(row.length, Frames):
        rate = _number(fields.get(row.length.fps_field or "")) or row.length.fps
        frames = _number(fields.get(row.length.field))
        return frames / rate if frames else None
    names = (row.length.field, *_LENGTH) if row.length else _LENGTH
    return _number(_first(fields, names))


def _sound(row: ModelRow, fields: Mapping[str, Any]) -> bool:
    if row.audio is None:
        return _first(fields, _SOUND) is True
    return row.audio.always_on or bool(fields.get(row.audio.field) == row.audio.on)


def _size(row: ModelRow, fields: Mapping[str, Any]) -> tuple[int, int]:
    if {"width", "height"} <= fields.keys():
        return frame_size(f"{fields['width']}x{fields['height']}", None)
    resolution = _chosen(row.resolution, fields) or str(_first(fields, _RESOLUTION))
    ratio = _chosen(row.aspect_ratio, fields) or str(_first(fields, _RATIO))
    # Some write a size where others write a ratio, such as "1280:720".
    named = fields.get(row.size.field) if row.size else ratio
    if (sides := pixels_of(str(named))) is not None:
        resolution = "{}x{}".format(*sides)
    # Sora has a "true_1080p" beside an older "1080p".
    return frame_size(resolution.removeprefix("true_"), ratio)


def _chosen(choice: Choice | None, fields: Mapping[str, Any]) -> str | None:
    """Return a value in our own spelling, or None."""
    if choice is None or choice.field not in fields:
        return None
    spelt = {choice.wire.get(value, value): value for value in choice.values}
    return spelt.get(fields[choice.field], str(fields[choice.field]))


def _number(value: object) -> float | None:
    found = _NUMBER.fullmatch(str(value))
    return float(found[1]) or None if found else None


def _leaves(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the fields, the outer ones first: a list of shots has lengths of its own."""
    inner: list[Mapping[str, Any]] = []
    for name, field in value.items():
        if isinstance(field, Mapping):
            inner.append(field)
        elif isinstance(field, list | tuple):
            inner += [each for each in field if isinstance(each, Mapping)]
        elif field is not None:
            yield name, field
    for each in inner:
        yield from _leaves(each)


def _first(fields: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((fields[name] for name in names if name in fields), "")
