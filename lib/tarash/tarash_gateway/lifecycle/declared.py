"""Warnings about media whose declared type is not the one that their bytes show."""

from collections.abc import Iterator

import attrs

from ..providers.base import Submission
from ..values.config import VideoGenerationConfig
from ..values.media import Media, MediaContent
from ..values.request import VideoGenerationRequest, media_of


def with_true_types(
    config: VideoGenerationConfig, request: VideoGenerationRequest, submission: Submission
) -> Submission:
    """Return the submission with a sentence for each medium that was declared wrongly."""
    media = (*media_of(request), *_mocked(config))
    notes = tuple(filter(None, (_note(name, medium) for name, medium in media)))
    if not notes:
        return submission
    return attrs.evolve(submission, warnings=submission.warnings + notes)


def _mocked(config: VideoGenerationConfig) -> Iterator[tuple[str, Media]]:
    if config.mock is None or not config.mock.enabled:
        return
    for place, response in enumerate(config.mock.responses):
        if response.output_video is not None:
            yield f"mock.responses[{place}].output_video", response.output_video


def _note(name: str, medium: Media) -> str | None:
    if not isinstance(medium, MediaContent) or medium.declared is None:
        return None
    kind = medium.content_type
    return f"{name} was declared as {medium.declared!r}, but its bytes are {kind}: {kind} is used"
