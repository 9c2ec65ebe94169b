"""A provider's job, as a value that can be stored."""

from collections.abc import Mapping
from typing import Any

import attrs

from .checks import as_dict
from .shown import Shown


@attrs.frozen(kw_only=True)
class Job(Shown):
    """An accepted job, with all that another process needs to poll it.

    Attributes:
        id: The provider's id.
        urls: URLs of the job by purpose (``"poll"``, ``"result"``, ``"cancel"``).
        wait: Seconds the provider asks to wait before the first poll, or None.
        told: The provider's last JSON about the job, if its result is only bytes.
    """

    id: str
    wait: float | None = None
    urls: Mapping[str, str] = attrs.field(factory=dict, converter=as_dict, hash=False)
    told: Mapping[str, Any] = attrs.field(factory=dict, converter=as_dict, hash=False, repr=False)
