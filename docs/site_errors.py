"""The tree of the errors, with what each means for the next step."""

from collections.abc import Iterator

from site_tables import code, headed

from tarash.tarash_gateway import exceptions
from tarash.tarash_gateway.exceptions import TarashException
from tarash.tarash_gateway.lifecycle import fallback, fates

_COLUMNS = ("kind", "sent again?", "next config?", "paid?")
_NO, _YES = "no", "yes"
# These are not how an attempt ends, so that no config can follow.
_APART = {
    "BatchStoppedError",
    "GenerationInterruptedError",
    "JobInUseError",
    "JournalError",
    "SaveError",
    "WebhookError",
}
# What a class alone does not tell.
_AGAIN = {
    "HTTPConnectionError": "yes, where nothing was sent",
    "HTTPError": "only 503 with Retry-After",
    "RateLimitError": "yes, after its time",
}
_FOLLOWED = {
    "TimeoutError": ", where the job was cancelled at no cost",
    "UnexpectedReplyError": ", unless it answered the submission",
}
_PAID = {
    "ContentModerationError": "at some providers",
    "GenerationCancelledError": "perhaps, for what was made",
    "GenerationFailedError": "at some providers",
    "GenerationInterruptedError": "the job may still run",
    "HTTPConnectionError": "no, unless the job was accepted before",
    "HTTPError": "perhaps: 5xx and 408 do not tell",
    "JobInUseError": "no: the job is the other call's",
    "SaveError": "yes, and the video is there",
    "SubmissionUnknownError": "perhaps: nobody knows",
    "TimeoutError": "the job may still run",
    "UnexpectedReplyError": "perhaps: the reply does not tell",
    "ValidationError": "no; at fal a 422 may be",
}


def errors(_: str = "") -> str:
    """Return the tree as a table, from the classes and the rules of the lifecycle."""
    return headed("error", _COLUMNS, _below(TarashException, 0))


def _below(parent: type[TarashException], depth: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    for cls in exceptions.ERRORS.values():
        if cls.__bases__[0] is parent:
            paid = _PAID.get(cls.__name__, _NO)
            yield _heading(cls, depth), (code(cls.kind), _again(cls), _next(cls), paid)
            yield from _below(cls, depth + 1)


def _heading(cls: type[TarashException], depth: int) -> str:
    also = [base.__name__ for base in cls.__bases__ if not issubclass(base, TarashException)]
    more = f" (also the built-in {code(also[0])})" if also else ""
    return f"{'└ ' * depth}{code(cls.__name__)}{more}"


def _again(cls: type[TarashException]) -> str:
    if cls.__name__ in _AGAIN:
        return _AGAIN[cls.__name__]
    return _YES if fates.may_resend(cls("")) else _NO


def _next(cls: type[TarashException]) -> str:
    if cls.__name__ in _APART:
        return _NO
    if not fallback.goes_on(cls(""), cls.kind, None):
        return _NO
    return _YES + _FOLLOWED.get(cls.__name__, "")
