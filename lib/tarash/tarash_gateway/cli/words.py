"""Convert arguments of the command line to the library's values."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from returns.result import safe

from ..exceptions import ValidationError
from ..lifecycle.planned import PlannedUpload
from ..values.attempts import Cancellation
from ..values.checks import preview
from ..values.media import ROLES, ImageType

CANCELLATIONS: Final[Mapping[Cancellation, str]] = MappingProxyType(
    {
        "confirmed": "the provider stops the job, or says that it will",
        "charged": "the job is stopped, and the provider may charge for it, in whole or in part",
        "left_running": "the job is still running: stopping it would not save its price",
        "too_late": "the job has finished already: tarash resume fetches its video",
        "unsupported": "the provider cannot cancel a job: one that has not finished runs on",
        "failed": "the provider did not confirm the cancellation: the job may still be running",
    }
)
NOT_SUBMITTED: Final = (
    "uploading: the call ended while it uploaded its media; nothing was submitted and nothing is "
    "charged: start it again, and remove it from this list with tarash forget"
)
NO_OPEN_JOBS: Final = "no job is open: tarash jobs --all lists the ended ones"
NOTHING_UNKNOWN: Final = "no submission is unknown: tarash jobs lists what is open"
NO_JOBS: Final = "the journal is empty: tarash generate writes its jobs there"
# So many weeks ago, there were years already.
_AGE: Final = re.compile(r"(\d{1,5})([mhdw])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def age(text: str) -> timedelta:
    """Return how long something is, in minutes, hours, days or weeks.

    Raises:
        ValidationError: This is not a number with a unit.

    >>> age("30d").days, age("12h").seconds
    (30, 43200)
    """
    found = _AGE.fullmatch(text.strip())
    if found is None:
        message = f"{preview(text)} is not an age: give a number and a unit, such as 12h, 30d or 8w"
        raise ValidationError(message=message)
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def medium(text: str) -> str | Path:
    """Return a URL or a data URL as it is, anything else as a file.

    >>> medium("https://example.com/a.png"), medium("a.png").name
    ('https://example.com/a.png', 'a.png')
    """
    return text if "://" in text or text.startswith("data:") else Path(text)


def image(text: str) -> ImageType:
    """Return ``[ROLE=]FILE_OR_URL`` as an item of ``image_list``.

    >>> image("last_frame=https://example.com/a.png")
    {'image': 'https://example.com/a.png', 'type': 'last_frame'}
    """
    named, found, rest = text.partition("=")
    role = next((role for role in ROLES if role == named), None)
    if found and role is not None:
        return {"image": medium(rest), "type": role}
    return {"image": medium(text), "type": "first_frame"}


def upload(planned: PlannedUpload) -> str:
    """Return an upload of a plan as a comment for a shell.

    >>> upload(
    ...     PlannedUpload(
    ...         place="video",
    ...         file_name="video.mp4",
    ...         content_type="video/mp4",
    ...         size=7_200_000,
    ...         method="POST",
    ...         url="https://api.example/files",
    ...         name="https://api.example/files/1",
    ...     )
    ... )
    '# upload video (video/mp4, 7.2 MB) first: POST https://api.example/files'
    """
    size = f"{planned.size / 1e6:.1f} MB"
    where = f"{planned.method} {planned.url}"
    return f"# upload {planned.place} ({planned.content_type}, {size}) first: {where}"


def prompt(text: str) -> str:
    """Return the prompt: ``-`` is read from stdin, ``@FILE`` from a file, ``@@`` stands for an @.

    Raises:
        ValidationError: The file cannot be read, or is no text.

    >>> prompt("a kite"), prompt("@@home, a kite")
    ('a kite', '@home, a kite')
    """
    if text == "-":
        return sys.stdin.read().strip()
    if text.startswith("@@"):
        return text[1:]
    if not text.startswith("@"):
        return text
    name = text[1:]
    try:
        return Path(name).read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text in UTF-8"
        message = (
            f"the prompt's file {name or '(no name)'} cannot be read ({why}): check its name; a "
            "prompt that begins with an @ is written with two of them"
        )
        raise ValidationError(message) from error


def settings(items: Sequence[str], option: str = "--set") -> dict[str, Any]:
    """Return ``NAME=VALUE`` items as a dictionary; a value is read as JSON or, if it is not, text.

    Args:
        items: The items.
        option: The option that they come from, for the message.

    Raises:
        ValidationError: An item has no name or no equals sign.

    >>> settings(["cfg_scale=0.5", "mode=pro", "tags=[1, 2]"])
    {'cfg_scale': 0.5, 'mode': 'pro', 'tags': [1, 2]}
    """
    found: dict[str, Any] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals or not name.strip():
            raise ValidationError(message=f"{option} must be NAME=VALUE, not {item!r}")
        found[name.strip()] = _parse(value).value_or(value)
    return found


_parse = safe(exceptions=(ValueError,))(json.loads)
