"""Records of a call and its attempts; all times are aware UTC times."""

from datetime import datetime
from typing import Literal, TypeAlias

import attrs

from .shown import Shown

Submission: TypeAlias = Literal["not_sent", "accepted", "refused", "unknown"]
Cancellation: TypeAlias = Literal[
    "confirmed", "charged", "left_running", "too_late", "unsupported", "failed"
]


@attrs.frozen(kw_only=True)
class AttemptMetadata(Shown):
    """One try of one config of the chain.

    Attributes:
        provider: Provider id.
        model: Model id, as in the config.
        attempt_number: Position among the attempts, from 1.
        started_at: Aware UTC time of the first exchange.
        ended_at: Aware UTC time of the last one.
        status: ``"success"`` or ``"failed"``.
        submission: What is known about the submission: ``"accepted"`` (a job existed),
            ``"refused"`` (the provider rejected it), ``"not_sent"`` (nothing left this machine),
            ``"unknown"`` (it was sent, and no reply shows whether a job exists).
        polls: How many times the job's status was requested.
        request_id: The provider's id of the job, or None.
        error_type: Name of the error's class, or None.
        error_message: The error's sentence, or None.
        is_retryable: Whether the chain may continue after the error; None without an error.
        cancellation: The result of cancelling an abandoned job; None if it was not tried:
            ``"confirmed"`` (it is stopped), ``"charged"`` (it is stopped, and the provider may
            charge for it, in whole or in part), ``"left_running"`` (not requested, because the
            provider charges for a running job in any case), ``"too_late"`` (it had finished),
            ``"unsupported"`` (the provider cannot cancel), ``"failed"`` (no confirmation came).
        job_ended: Whether the provider reported that the job has ended, finished or failed.
    """

    provider: str
    model: str
    attempt_number: int
    started_at: datetime
    ended_at: datetime
    status: Literal["success", "failed"]
    submission: Submission
    polls: int = 0
    request_id: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    is_retryable: bool | None = None
    cancellation: Cancellation | None = None
    job_ended: bool = False

    @property
    def elapsed_seconds(self) -> float:
        """Seconds between the first and the last exchange."""
        return (self.ended_at - self.started_at).total_seconds()

    @property
    def may_have_been_paid(self) -> bool:
        """Whether the provider may charge for this attempt, as far as is known."""
        return self.submission in {"accepted", "unknown"}

    @property
    def may_still_run(self) -> bool:
        """Whether a job of this attempt may still be running."""
        stopped = self.job_ended or self.cancellation in {"confirmed", "charged"}
        return self.submission == "unknown" or (self.submission == "accepted" and not stopped)


@attrs.frozen(kw_only=True)
class ExecutionMetadata(Shown):
    """A whole call with all its attempts.

    Attributes:
        attempts: Every attempt, in order.
        configs_in_chain: How many configs the chain had.
    """

    attempts: tuple[AttemptMetadata, ...]
    configs_in_chain: int

    @property
    def total_attempts(self) -> int:
        """How many attempts were made."""
        return len(self.attempts)

    @property
    def successful_attempt(self) -> int | None:
        """The number of the attempt that succeeded, from 1, or None."""
        return next((a.attempt_number for a in self.attempts if a.status == "success"), None)

    @property
    def fallback_triggered(self) -> bool:
        """Whether more than one config was tried."""
        return len(self.attempts) > 1

    @property
    def total_elapsed_seconds(self) -> float:
        """Seconds from the first attempt's start to the last attempt's end."""
        if not self.attempts:
            return 0.0
        return (self.attempts[-1].ended_at - self.attempts[0].started_at).total_seconds()

    @property
    def may_have_been_paid(self) -> tuple[AttemptMetadata, ...]:
        """The attempts that may cost money."""
        return tuple(attempt for attempt in self.attempts if attempt.may_have_been_paid)
