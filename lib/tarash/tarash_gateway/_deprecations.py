"""What goes in a later release: docs/deprecation-policy.md says how long it stays.

This is the only module that makes a DeprecationWarning, so that each one says what to use instead
and when the old way ends. A test fails as soon as the version that is written here has come.
"""

import warnings
from typing import Final, NamedTuple


class Deprecation(NamedTuple):
    """Something old that still works.

    Attributes:
        since: The version that announced it, such as ``"0.1"``.
        gone: The version without it.
    """

    since: str
    gone: str


# Modules were put into rooms.
OLD_PATHS: Final = Deprecation(since="0.1", gone="0.3")

ALL: Final = (OLD_PATHS,)


def warn(deprecation: Deprecation, message: str, *, stacklevel: int) -> None:
    """Warn of the use of something old.

    Args:
        deprecation: Since when it is old, and when it goes.
        message: What has changed, and what to use instead: a sentence without its end.
        stacklevel: As for `warnings.warn`, counted from the caller.
    """
    # The beginning is what a filter of warnings names.
    told = f"tarash-gateway: {message}; deprecated since {deprecation.since}, gone in {deprecation.gone}"
    warnings.warn(told, DeprecationWarning, stacklevel=stacklevel + 1)
