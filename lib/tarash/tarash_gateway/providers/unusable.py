"""A provider in place of one that cannot be used."""

from returns.result import Failure

from ..exceptions import UnexpectedReplyError, ValidationError
from ..http.messages import HttpRequest
from .base import Provider, Refusal


def broken(name: str, why: str) -> Provider:
    """Return a provider in place of one that cannot be used: every call fails with ``why``."""
    error = ValidationError(message=why, provider=name)
    unread = UnexpectedReplyError(message=why, provider=name)
    return Provider(
        name=name,
        base_url="",
        authenticate=lambda _key: {},
        submit=lambda _target, _request: Failure(error),
        accepted=lambda _target, _reply: Failure(unread),
        poll=lambda target, _job: HttpRequest(method="GET", url=target.base_url),
        polled=lambda _target, _job, _reply: Failure(unread),
        failure=lambda _target, _reply, _to: Refusal(error=unread),
        broken=why,
    )
