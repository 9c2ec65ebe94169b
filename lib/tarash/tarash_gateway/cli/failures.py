"""How a command fails: one sentence on stderr, an exit code, and with ``--json`` an object."""

from typing import Any, Final, NoReturn

import attrs

from .. import codec
from ..exceptions import SubmissionUnknownError, TarashException, is_retryable_error
from . import exits, receipts
from .configs import FileError
from .journal import is_in_journal
from .speech import NO_JOURNAL, in_terms, of_test_clip, resume_command
from .terminal import say_json, tell

# What an end is called that no error of the library is the cause of.
_NAMES: Final = {exits.USAGE: "UsageError", exits.INTERRUPTED: "Interrupted"}


@attrs.define(eq=False)
class Ended(Exception):  # noqa: N818 - not every end is an error: the user may say no
    """The end of a command that has no video to show for it.

    Attributes:
        message: What happened, in the terms of the command line.
        code: The exit code.
        error: The library's error, or None.
        response: The finished video as JSON, where there is one that could not be saved.
        receipt: How long it took, and what may have been paid; empty where nothing can be told.
        job: Our id of the job that goes on without the command, or None.
        is_charged: Whether something may have been paid in a command that ended without a library
            error, such as an interrupted one.
        is_free: Whether the command makes test clips only.
    """

    message: str
    code: int
    error: TarashException | None = None
    response: Any = None
    receipt: str = ""
    job: str | None = None
    is_charged: bool = False
    is_free: bool = False

    def __str__(self) -> str:
        return self.message


def end(message: str, code: int) -> NoReturn:
    """End the command with one sentence."""
    raise Ended(message, code)


def sentence(error: TarashException, *, is_free: bool = False) -> str:
    """Return an error in the terms of the command line.

    Args:
        error: The error.
        is_free: Whether the command makes test clips only.
    """
    if isinstance(error, FileError):
        return str(error)
    job = error.generation
    if job is None:
        return in_terms(str(error))
    resume = resume_command(job.id) if is_in_journal(job.id) else None
    if is_free:
        return of_test_clip(str(error), resume)
    return in_terms(str(error), resume or NO_JOURNAL)


def ended(error: TarashException, receipt: str = "", *, is_free: bool = False) -> Ended:
    """Return the end of a command by an error; ``is_free`` if it makes test clips only."""
    code = exits.code_of(error)
    return Ended(sentence(error, is_free=is_free), code, error, receipt=receipt, is_free=is_free)


def show(failure: Ended, *, as_json: bool) -> int:
    """Print why a command failed, and return its exit code.

    Args:
        failure: The end of the command.
        as_json: Whether stdout gets it as an object.
    """
    if failure.error is not None and failure.response is None:
        _advise(failure.error, failure.message)
    tell(f"error: {failure.message}")
    for note in getattr(failure.error, "__notes__", ()):
        tell(in_terms(note))
    if failure.receipt:
        tell(failure.receipt)
    if as_json:
        shown: dict[str, object] = {"error": plain(failure)}
        say_json(shown if failure.response is None else {**shown, "response": failure.response})
    return failure.code


def _advise(error: TarashException, message: str) -> None:
    """Print which command goes on, where the message does not say it."""
    job, ended = error.generation, not error.attempts or error.attempts[-1].job_ended
    if job is not None and not ended and is_in_journal(job.id):
        command = resume_command(job.id)
        if command not in message:
            tell(f"the job is in the journal: run {command}")
    if isinstance(error, SubmissionUnknownError) and any(
        is_in_journal(each.generation.id) for each in error.unknown
    ):
        tell("what became of it: run tarash jobs --reconcile in some minutes")


def plain(failure: Ended) -> dict[str, object]:
    """Return a failure as JSON."""
    error = failure.error
    shown: dict[str, object] = {
        "type": _NAMES.get(failure.code, "Ended") if error is None else type(error).__name__,
        "message": failure.message,
        "exit_code": failure.code,
        "retryable": error is not None and is_retryable_error(error),
        "may_have_been_paid": failure.is_charged
        or (error is not None and not failure.is_free and receipts.may_be_charged(error)),
    }
    if error is None:
        return shown | {"generation_id": failure.job}
    return shown | {
        "provider": error.provider,
        "model": error.model,
        "request_id": error.request_id,
        "generation_id": error.generation and error.generation.id,
        "status_code": error.status_code,
        "retry_after": getattr(error, "retry_after", None),
        "attempts": [codec.plain(attempt) for attempt in error.attempts],
        "raw_response": error.raw_response,
    }
