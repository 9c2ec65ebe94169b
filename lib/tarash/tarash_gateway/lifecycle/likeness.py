"""Whether a listed job is the one of a submission: what was sent is compared with what is listed.

Pure. A provider may add defaults to an input, write a number as a text, and put the media of a
request under URLs of its own. So what was sent has to be a part of the listed input, and a URL in
the place of another one neither proves nor refutes anything.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

import attrs
from returns.result import Failure

from ..outcome import catch_bugs
from ..providers.base import Listing, Target
from ..providers.listing import ListedJob
from ..values.journal_entry import JournalEntry
from ..values.request import VideoGenerationRequest, media_of
from .prepare import leg_to

# Most seconds by which this machine's clock and the provider's may differ, together with the time
# that a submission may lie at a gateway before the provider has it.
MARGIN: Final = timedelta(minutes=2)

# How much a listed job is like a submission: "same" in everything that was sent; "like" it, so that
# it may be its job; or certainly of "another" one.
Likeness: TypeAlias = Literal["same", "like", "another"]
_Agreement: TypeAlias = Literal["equal", "open", "different"]
_NUMBER: Final = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?(?:e[-+]?\d{1,3})?", re.ASCII)
# Characters of a text from which on its beginning is as good as the whole.
_LONG: Final = 40
_URL: Final = re.compile(r"(?:https?|data|gs):", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class Sought:
    """A submission whose fate is not known, as far as it can be compared.

    Attributes:
        listing: How its provider lists jobs.
        target: Where it was submitted to.
        sent: The model's input that was sent.
        telling: The fields of ``sent`` that hold the caller's own words, whatever the model: the
            job of this submission cannot have others.
        is_whole: Whether ``sent`` is all that was sent.
        first: The earliest time at which its job can have been created.
        last: The latest time.
    """

    listing: Listing
    target: Target
    sent: Mapping[str, Any] = attrs.field(hash=False, repr=False)
    telling: frozenset[str]
    is_whole: bool
    first: datetime
    last: datetime

    def likeness(self, job: ListedJob) -> Likeness:
        """Return how much a listed job is like this submission."""
        created = job.created_at
        if not self.listing.fits(self.target, job):
            return "another"
        if created is not None and not self.first <= created <= self.last:
            return "another"
        if job.input is None:
            return "like"
        found = {name: agreement(value, job.input.get(name)) for name, value in self.sent.items()}
        telling = (name for name in self.telling if _is_scalar(self.sent[name]))
        if any(found[n] == "different" and _is_scalar(job.input[n]) for n in telling):
            return "another"
        is_same = self.is_whole and created is not None and set(found.values()) <= {"equal"}
        return "same" if is_same else "like"


def sought(entry: JournalEntry, target: Target, listing: Listing) -> Sought:
    """Return what to look for in the list of the provider.

    Args:
        entry: The attempt; its generation may lack the bytes of its media.
        target: Where it was submitted to.
        listing: The list.
    """
    saved = entry.generation
    request = saved.request
    leg = leg_to(attrs.evolve(target, today=None), request)
    made = (
        leg
        if isinstance(leg, Failure)
        # Somebody else's provider, and it is given what it made itself.
        else catch_bugs(
            f"provider {target.config.provider!r}",
            lambda: leg.map(lambda ready: listing.sent(ready.submission.request)),
        )
    )
    sent: Mapping[str, Any] = made.value_or({"prompt": request.prompt})
    return Sought(
        listing=listing,
        target=target,
        sent=sent,
        telling=_telling(sent, request),
        is_whole=not isinstance(made, Failure) and not saved.media_omitted,
        first=saved.started_at - MARGIN,
        last=last_sent(entry) + MARGIN,
    )


def last_sent(entry: JournalEntry) -> datetime:
    """Return the latest time at which a submission can have been sent.

    One that ended in an error had been sent by then. One that was about to be sent may have waited,
    because the provider asked for it, until the attempt's own deadline: whether its process lived
    so long is not known.
    """
    if entry.state == "unknown" and entry.message is not None:
        return entry.updated_at
    seconds = min(float(entry.generation.configs[0].timeout), 10.0 * 365 * 86_400)
    return entry.generation.started_at + timedelta(seconds=seconds)


def _telling(sent: Mapping[str, Any], request: VideoGenerationRequest) -> frozenset[str]:
    words = {text.strip() for text in (request.prompt, request.negative_prompt) if text}
    names = {"seed", *request.extra_params}
    return frozenset(
        name
        for name, value in sent.items()
        if name in names or (isinstance(value, str) and value.strip() in words)
    )


def has_media(request: VideoGenerationRequest) -> bool:
    """Tell whether a request has images or a video."""
    return any(True for _ in media_of(request))


def agreement(ours: Any, theirs: Any) -> _Agreement:
    """Return whether a value that was sent is the one that is listed.

    >>> agreement({"seconds": 8}, {"seconds": "8", "fps": 24}), agreement("a kite", "a bird")
    ('equal', 'different')
    >>> agreement("data:image/png;base64,AA==", "https://cdn.example/1.png"), agreement("a", None)
    ('open', 'open')
    """
    if theirs is None:
        return "equal" if ours is None else "open"
    match ours, theirs:
        case Mapping(), Mapping():
            return _worst(agreement(value, theirs.get(name)) for name, value in ours.items())
        case list() | tuple(), list():
            if len(ours) != len(theirs):
                return "different"
            return _worst(agreement(*pair) for pair in zip(ours, theirs, strict=True))
        case str() | int() | float(), str() | int() | float():
            return _of_scalars(ours, theirs)
        case _:
            return "equal" if ours == theirs else "different"


def _worst(found: Iterable[_Agreement]) -> _Agreement:
    every = set(found)
    return "different" if "different" in every else "open" if "open" in every else "equal"


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float)


def _of_scalars(ours: str | float, theirs: str | float) -> _Agreement:
    r"""Compare two texts, numbers or truth values, however they are written.

    >>> _of_scalars(8, "8.0"), _of_scalars(True, "true"), _of_scalars(0.7, 0.699999988)
    ('equal', 'equal', 'equal')
    >>> _of_scalars(1, True), _of_scalars(4294967295, 4294967294), _of_scalars("a b", "a\n b ")
    ('different', 'different', 'equal')
    """
    one, other = _text(ours), _text(theirs)
    if one == other:
        return "equal"
    if _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other):
        return "equal" if _are_close(Decimal(one), Decimal(other)) else "different"
    if _URL.match(one) and _URL.match(other):
        return "open"
    # A list may show the beginning of a long text only.
    shorter, longer = sorted((one, other), key=len)
    shorter = shorter.rstrip(".… ")
    return "open" if len(shorter) >= _LONG and longer.startswith(shorter) else "different"


def _text(value: str | float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = unicodedata.normalize("NFC", " ".join(str(value).split()))
    return text.lower() if text.lower() in {"true", "false"} else text


def _are_close(one: Decimal, other: Decimal) -> bool:
    """Tell whether two numbers are equal, or as near as a fraction is after its way as a float."""
    whole = one == one.to_integral_value() and other == other.to_integral_value()
    return one == other or (not whole and abs(one - other) <= abs(one) / 1_000_000)
