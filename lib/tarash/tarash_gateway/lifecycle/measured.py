"""A response with what its video's file really is. Pure."""

from typing import Final

import attrs

from ..container.facts import VideoFacts
from ..providers.kit import aspect_ratio_of
from ..values.response import VideoGenerationResponse

# A difference in the length that no rounding explains.
_TOLERANCE: Final = 0.1


def with_facts(response: VideoGenerationResponse, facts: VideoFacts) -> VideoGenerationResponse:
    """Return the response with the values of the file instead of those that were reported.

    Where the two disagree, a warning says so.

    >>> from ..container.facts import VideoFacts
    >>> measured = with_facts(
    ...     VideoGenerationResponse(request_id="1", video="https://example.com/a"),
    ...     VideoFacts(width=834, height=480, seconds=5.04, codec="h264"),
    ... )
    >>> measured.duration, measured.resolution, measured.aspect_ratio
    (5.04, '480p', '16:9')
    >>> measured.media.duration_source
    'measured'
    """
    response = attrs.evolve(
        response, warnings=(*response.warnings, *_disagreements(response, facts))
    )
    known = attrs.evolve(
        response.media,
        width=facts.width,
        height=facts.height,
        seconds=facts.seconds,
        fps=facts.fps,
        codec=facts.codec,
        audio=facts.audio,
        resolution_source="measured",
        aspect_ratio_source="measured",
        content_credentials=facts.manifest,
    )
    measured = attrs.evolve(
        response,
        resolution=f"{min(facts.width, facts.height)}p",
        aspect_ratio=aspect_ratio_of(facts.width, facts.height),
        media=known,
    )
    if facts.seconds is None:
        return measured
    seconds = round(facts.seconds, 3)
    return attrs.evolve(
        measured, duration=seconds, media=attrs.evolve(known, duration_source="measured")
    )


def _disagreements(response: VideoGenerationResponse, facts: VideoFacts) -> list[str]:
    known, differences = response.media, list[tuple[str, str]]()
    duration, seconds = response.duration, facts.seconds
    if known.duration_source == "reported" and duration is not None and seconds is not None:
        differs = abs(seconds - duration) > _TOLERANCE * duration
        differences += [(f"{duration:g} s", f"{seconds:.4g} s")] if differs else []
    resolution, lines = response.resolution, f"{min(facts.width, facts.height)}p"
    if known.resolution_source == "reported" and resolution is not None:
        differences += [(resolution, lines)] if resolution.lower() != lines else []
    return [
        f"the provider reports {theirs}, and the video has {ours}: the response says what it has"
        for theirs, ours in differences
    ]


def with_failure(response: VideoGenerationResponse, why: str) -> VideoGenerationResponse:
    """Return the response with a warning about its measurement."""
    warning = f"the video was not measured: {why}"
    return attrs.evolve(response, warnings=(*response.warnings, warning))
