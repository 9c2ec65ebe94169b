"""What goes in a later release: docs/deprecation-policy.md says how long it stays.

This is the only module that makes a DeprecationWarning, so that each one says what to use instead
and when the old way ends. A test fails as soon as the version that is written here has come.
"""

import sys
import warnings
from types import FrameType
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


# What stands between the library and its user when a module is imported.
_BETWEEN: Final = ("importlib.", "_frozen_importlib", "_pytest.")


def warn(deprecation: Deprecation, message: str) -> None:
    """Warn of the use of something old, at the line outside of the library that uses it.

    Args:
        deprecation: Since when it is old, and when it goes.
        message: What has changed, and what to use instead: a sentence without its end.
    """
    # The beginning is what a filter of warnings names.
    until = f"deprecated since {deprecation.since}, gone in {deprecation.gone}"
    told = f"tarash-gateway: {message}; {until}"
    user = _user()
    warnings.warn_explicit(
        told,
        DeprecationWarning,
        filename=user.f_code.co_filename,
        lineno=user.f_lineno,
        module=user.f_globals.get("__name__"),
        registry=user.f_globals.setdefault("__warningregistry__", {}),
    )


def _user() -> FrameType:
    """Return the frame of who called the library.

    Numbers of frames, as `warnings.warn` takes them, differ between the importers of Python and of
    pytest.
    """
    frame = sys._getframe(2)  # noqa: SLF001 - the only way to it
    while (outer := frame.f_back) is not None and _is_ours(frame):
        frame = outer
    return frame


def _is_ours(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    package = __name__.rpartition(".")[0]
    return name == package or name.startswith((f"{package}.", *_BETWEEN))
