"""Replies from VCR cassettes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ..effects import Effects
from ..effects.unscripted import WithoutOptional
from .scripts import fake_effects

_MATCH_ON: Final = ("method", "scheme", "host", "port", "path", "query", "body")


@contextmanager
def replay(cassette: Path, *, environment: Mapping[str, str] | None = None) -> Iterator[Effects]:
    """Yield effects whose HTTP replies come from a VCR cassette, with a fake clock.

    Requests must equal the recorded ones in method, URL and body, and every recorded
    interaction must be played. Videos are not measured. Needs vcrpy.

    Raises:
        AssertionError: An interaction was not played.
    """
    import vcr  # noqa: PLC0415 - only tests install it

    from ..effects.urllib3_http import Urllib3Http  # noqa: PLC0415 - it opens a socket

    recorder = vcr.VCR(record_mode="none", match_on=_MATCH_ON)
    with recorder.use_cassette(str(cassette)) as tape:
        yield fake_effects(http=WithoutOptional(Urllib3Http()), environment=environment)
    if not tape.all_played:
        message = (
            f"{cassette.name}: only {tape.play_count} of {len(tape)} interactions were played: "
            "remove the others, or make the missing requests"
        )
        raise AssertionError(message)
