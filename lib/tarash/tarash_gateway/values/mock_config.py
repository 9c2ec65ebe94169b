"""The mock's config: its outcomes, and what its polls report."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
from attrs.validators import optional

from ..exceptions import TarashException, ValidationError
from . import checks
from .keywords import explained
from .media import Media, MediaType, as_media
from .response import STATUSES, StatusType, VideoGenerationResponse
from .shown import Shown


# They take None themselves: what `attrs.converters.optional` returns takes anything, to pyright.
def _as_updates(
    value: Sequence[Mapping[str, Any]] | None,
) -> tuple[Mapping[str, Any], ...] | None:
    if value is None:
        return None
    updates = checks.as_tuple("custom_updates", value)
    return tuple(checks.string_keys("custom_updates", update) for update in updates)


def _as_statuses(value: Sequence[StatusType]) -> tuple[StatusType, ...]:
    return checks.as_tuple("status_sequence", value)


def _as_percents(value: Sequence[float] | None) -> tuple[float, ...] | None:
    return None if value is None else checks.as_tuple("progress_percentages", value)


@explained
@attrs.frozen(kw_only=True)
class MockPollingConfig(Shown):
    """What a mock job reports while it is polled.

    Attributes:
        enabled: Whether the job is polled; if False, the submission returns the finished video.
        status_sequence: The status that each poll reports; the job ends after the last one.
        delay_between_updates: Seconds between two polls.
        progress_percentages: Progress of each poll, 0 to 100, or None.
        custom_updates: More fields of each poll's reply, or None.
    """

    enabled: bool = attrs.field(default=True, validator=checks.flag)
    status_sequence: tuple[StatusType, ...] = attrs.field(
        default=("queued", "processing", "completed"), converter=_as_statuses
    )
    delay_between_updates: float = attrs.field(
        default=0.5, validator=checks.number("seconds", or_zero=True)
    )
    progress_percentages: tuple[float, ...] | None = attrs.field(
        default=None, converter=_as_percents
    )
    custom_updates: tuple[Mapping[str, Any], ...] | None = attrs.field(
        default=None, converter=_as_updates, hash=False
    )

    def __attrs_post_init__(self) -> None:
        """Refuse unknown statuses and lists of different lengths."""
        wrong = [status for status in self.status_sequence if status not in STATUSES]
        if wrong or not self.status_sequence:
            raise checks.refuse(
                "status_sequence", wrong[0] if wrong else "[]", "a list of " + ", ".join(STATUSES)
            )
        for name in ("progress_percentages", "custom_updates"):
            values = getattr(self, name)
            if values is not None and len(values) != len(self.status_sequence):
                raise checks.refuse(name, len(values), "as long as status_sequence")


def _as_video(value: MediaType | None) -> Media | None:
    return None if value is None else as_media("output_video", value)


@explained
@attrs.frozen(kw_only=True)
class MockResponse(Shown):
    """One possible outcome of the mock; at most one of the last three fields is set.

    Attributes:
        weight: How often this outcome is chosen, relative to the others, > 0.
        mock_response: Return this response (with a new id, and ``is_mock`` set).
        output_video: Return this video.
        error: Fail the job with this error.
    """

    weight: float = attrs.field(default=1.0, validator=checks.number())
    mock_response: VideoGenerationResponse | None = attrs.field(
        default=None, validator=optional(checks.instance_of(VideoGenerationResponse))
    )
    output_video: Media | None = attrs.field(default=None, converter=_as_video)
    error: TarashException | None = attrs.field(
        default=None, validator=optional(checks.instance_of(TarashException))
    )

    def __attrs_post_init__(self) -> None:
        """Refuse a response with several outcomes."""
        count = sum(x is not None for x in (self.mock_response, self.output_video, self.error))
        if count > 1:
            message = (
                "a MockResponse takes one of mock_response, output_video and error, "
                f"not {count}: make a MockResponse for each of them"
            )
            raise ValidationError(message=message)


def _as_responses(value: Sequence[MockResponse] | None) -> tuple[MockResponse, ...]:
    return () if value is None else checks.as_tuple("responses", value)


_NO_DELAY: Final = MockPollingConfig(delay_between_updates=0.0)


def _as_polling(value: MockPollingConfig | None) -> MockPollingConfig:
    return value or _NO_DELAY


@explained
@attrs.frozen(kw_only=True)
class MockConfig(Shown):
    """Generate offline, for tests and for trying things out.

    Attributes:
        enabled: False asks the real provider after all.
        responses: Weighted outcomes; empty means a clip that fits the request.
        polling: What polls show.
        seed: Seed of the choice among the outcomes and of the picture: the same config and
            request give the same result.
    """

    enabled: bool = attrs.field(default=True, validator=checks.flag)
    responses: tuple[MockResponse, ...] = attrs.field(
        default=(), converter=_as_responses, validator=checks.instances(MockResponse)
    )
    polling: MockPollingConfig = attrs.field(
        default=_NO_DELAY, converter=_as_polling, validator=checks.instance_of(MockPollingConfig)
    )
    seed: int = attrs.field(default=0, validator=checks.whole())
