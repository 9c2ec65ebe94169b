"""The limits of media for one model, and in words for the documentation."""

from typing import Final

import attrs

from .describe import NOTHING
from .limits import ANY_SIZE, IN_MEMORY, KB, MB, MIB, MediaLimits, MediaRules, narrowed
from .rows import ModelRow


def for_model(rules: MediaRules, row: ModelRow | None) -> MediaRules:
    """Return a provider's rules with those of a model's row, if the model has one.

    >>> from .limits import at_most
    >>> for_model(MediaRules(), ModelRow(image_limits=at_most(7))).images.inline
    7
    """
    if row is None:
        return rules
    return MediaRules(
        images=narrowed(rules.images, row.image_limits),
        video=narrowed(rules.video, row.video_limits),
    )


@attrs.frozen(kw_only=True)
class LimitsInWords:
    """Limits in words; a dash stands for what no source limits, or for no upload route."""

    inline: str
    uploaded: str
    formats: str
    pixels: str
    source: str


def limits_in_words(limits: MediaLimits) -> LimitsInWords:
    """Return limits in words.

    >>> limits_in_words(MediaLimits(inline=5 * MB, counted="data_url")).inline
    '5 MB as a data URL'
    """
    inline = IN_MEMORY if limits.inline is None else limits.inline
    counted = " as a data URL" if limits.counted == "data_url" else ""
    return LimitsInWords(
        inline=f"{_size(inline)}{counted}" if inline else NOTHING,
        uploaded=NOTHING if limits.uploaded is None else _uploaded(limits),
        formats=", ".join(kind.partition("/")[2] for kind in limits.formats) or NOTHING,
        pixels="; ".join((*_sides(limits), *_ratio(limits))) or NOTHING,
        source=limits.source or NOTHING,
    )


def _uploaded(limits: MediaLimits) -> str:
    most = limits.uploaded or 0
    size = "any size" if most == ANY_SIZE else _size(most)
    return size if limits.least == 1 else f"{limits.least} bytes to {size}"


def _sides(limits: MediaLimits) -> tuple[str, ...]:
    if limits.side is None:
        return ()
    least, most = limits.side
    return (f"{least} or more a side" if most is None else f"{least} to {most} a side",)


def _ratio(limits: MediaLimits) -> tuple[str, ...]:
    if limits.ratio is None:
        return ()
    return (f"{limits.ratio[0]:g} to {limits.ratio[1]:g} wide to high",)


_UNITS: Final = ((MIB, "MiB"), (MB, "MB"), (KB, "kB"))


def _size(size: int) -> str:
    """Return a size in the largest unit of which it is a multiple.

    >>> _size(5 * MB), _size(256 * KB), _size(20 * MIB), _size(7)
    ('5 MB', '256 kB', '20 MiB', '7 bytes')
    """
    unit = next(((number, name) for number, name in _UNITS if size % number == 0), None)
    return f"{size} bytes" if unit is None or not size else f"{size // unit[0]} {unit[1]}"
