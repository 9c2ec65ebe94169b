"""How a time is shown to a person: in UTC, which is said."""

from datetime import UTC, datetime


def in_utc(moment: datetime) -> str:
    """Return an aware time as a text.

    >>> in_utc(datetime.fromisoformat("2026-11-27T03:05:37.5+01:00"))
    '2026-11-27 02:05:37 UTC'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
