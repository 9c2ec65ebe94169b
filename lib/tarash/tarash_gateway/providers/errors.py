"""From an error reply to one of our errors, by its status and by the provider's own words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import attrs

from ..exceptions import (
    AuthenticationError,
    ContentModerationError,
    HTTPError,
    InsufficientCreditsError,
    NotFoundError,
    RateLimitError,
    TarashException,
    ValidationError,
)
from ..http.messages import HttpResponse
from ..http.reading import json_of, retry_after, text_of
from .base import Refusal, ReplyTo, Target


@attrs.frozen(kw_only=True)
class ErrorWords:
    """What distinguishes the error replies of one provider; words are in lower case.

    Attributes:
        title: The provider's name, for messages.
        key: The environment variable that holds the key, for messages.
        missing: What the provider does not have, according to a 404.
        advice: What to do about a status, where the usual advice does not fit.
        refused: Statuses that mean that the request is wrong.
        moderation: Words by which such a refusal is about the content.
        credit: Words by which a refusal is about the account's credit.
        credit_statuses: Statuses under which ``credit`` counts; a 402 needs no words.
        not_credit: Words beside which ``credit`` means something else.
        concurrency: Words by which a 429 is about the number of running jobs.
    """

    title: str
    key: str
    missing: str = "model or job"
    advice: Mapping[int, str] = attrs.field(factory=dict, hash=False)
    refused: frozenset[int] = frozenset({400, 413, 414, 415, 422})
    moderation: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()
    credit_statuses: frozenset[int] = frozenset({400, 403, 429})
    not_credit: tuple[str, ...] = ()
    # Azure says "Too many running tasks" (its answer quoted in a public test, 2026).
    concurrency: tuple[str, ...] = ("concurren", "running tasks", "parallel request")


@attrs.frozen(kw_only=True)
class Complaint:
    """What an error reply says, whatever its shape.

    Attributes:
        text: The provider's words.
        raw: The reply's JSON, or its text where it is not JSON.
        wait: Seconds that the provider asks to wait, or None.
        names_fields: Whether it objects to fields by their names: such a text may mention
            moderation or credit without being about them.
    """

    text: str = ""
    raw: Any = attrs.field(default=None, hash=False)
    wait: float | None = None
    names_fields: bool = False

    @property
    def shown(self) -> str:
        """The beginning of the text, for messages."""
        return self.text.strip()[:300] or "no reason was given"

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Tell whether one of the words, in lower case, stands in the text."""
        text = self.text.lower()
        return any(word in text for word in words)


def message_of(raw: Mapping[str, Any]) -> str:
    """Return the words of an error body, from the usual places, or an empty text.

    >>> message_of({"error": {"message": "no"}}), message_of({"detail": "no"}), message_of({})
    ('no', 'no', '')
    """
    error = raw.get("error")
    inner = error.get("message") if isinstance(error, dict) else error
    texts = (inner, raw.get("detail"), raw.get("message"), raw.get("title"))
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), "")


def complaint_of(
    reply: HttpResponse, words: Callable[[Mapping[str, Any]], str] = message_of
) -> Complaint:
    """Return what an error reply says. ``words`` finds the text in a body that is an object."""
    raw, shown, wait = json_of(reply).value_or(None), text_of(reply), retry_after(reply)
    if not isinstance(raw, dict):
        return Complaint(text=shown, raw=raw or shown, wait=wait)
    return Complaint(text=words(raw) or shown, raw=raw, wait=wait)


# The error of each status, what happened, and what to do.
_ERRORS: Final[Mapping[int, tuple[type[TarashException], str, str]]] = {
    400: (ValidationError, "{title} refused the request", "correct what it names"),
    401: (AuthenticationError, "{title} rejected the API key", "check {key}"),
    402: (InsufficientCreditsError, "the {title} account has no credit left", "top it up"),
    403: (
        AuthenticationError,
        "{title} does not permit this request with these credentials",
        "check the account's permissions",
    ),
    404: (NotFoundError, "{title} has no such {missing}", "check the model and the id"),
    413: (
        ValidationError,
        "{title} refused the request as too large",
        "give images and videos as URLs",
    ),
    414: (ValidationError, "{title} refused the URL as too long", "shorten what is in it"),
    415: (
        ValidationError,
        "{title} refused the request for a format that it does not support",
        "give another kind of image, video or sound",
    ),
    429: (RateLimitError, "{title} received too many requests", "try again later"),
}


def error_for(
    words: ErrorWords, status: int, complaint: Complaint, advice: str | None = None
) -> TarashException:
    """Return the error that a status and a complaint mean.

    A provider whose codes or words say more than its status passes the status that these stand for.
    A status that decides nothing (408, 5xx and any other) is an `HTTPError`. ``advice`` says what
    to do, where that depends on the reply.
    """
    if not complaint.names_fields:
        is_credit = complaint.mentions(words.credit) and not complaint.mentions(words.not_credit)
        if is_credit and status in words.credit_statuses:
            status = 402
        elif status in words.refused and complaint.mentions(words.moderation):
            return moderation(words, complaint)
    if status not in _ERRORS:
        if status not in words.refused:
            return http_error(words, status, complaint)
        status = 400
    kind, happened, usual = _ERRORS[status]
    happened = happened.format(title=words.title, missing=words.missing)
    remedy = advice or words.advice.get(status) or usual.format(key=words.key)
    message = f"{happened} ({complaint.shown}): {remedy}"
    error = kind(message=message, raw_response=complaint.raw)
    if isinstance(error, RateLimitError):
        crowded = complaint.mentions(words.concurrency)
        return attrs.evolve(error, retry_after=complaint.wait, concurrent=crowded)
    return error


def moderation(words: ErrorWords, complaint: Complaint) -> TarashException:
    """Return the error of content that the provider refuses."""
    message = (
        f"{words.title} refused the content ({complaint.shown}): change the prompt or the media"
    )
    return ContentModerationError(message=message, raw_response=complaint.raw)


def http_error(words: ErrorWords, status: int, complaint: Complaint) -> TarashException:
    """Return the error of a reply that decides nothing about the request or the job."""
    return HTTPError(
        message=f"{words.title} answered HTTP {status} ({complaint.shown}): try again later",
        status_code=status,
        retry_after=complaint.wait,
        raw_response=complaint.raw,
    )


def failure(words: ErrorWords, target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means at a provider where its status and its words decide."""
    return Refusal(error=error_for(words, reply.status, complaint_of(reply)))
