"""A provider's job, as a value that can be kept."""

from collections.abc import Mapping

import attrs


def _copy(urls: Mapping[str, str]) -> dict[str, str]:
    return dict(urls)


@attrs.frozen(kw_only=True)
class Job:
    """An accepted job: enough to ask for it in another process.

    Attributes:
        id: The provider's id.
        urls: URLs of the job by purpose (``"poll"``, ``"result"``, ``"cancel"``).
        wait: Seconds the provider asks to wait before the first poll, or None.
    """

    id: str
    wait: float | None = None
    urls: Mapping[str, str] = attrs.field(factory=dict, converter=_copy, hash=False)
