"""Uploads that end with their call: a thread cannot be stopped, but what it sends can."""

from collections.abc import Iterable
from functools import partial

import attrs

from ..http.messages import FormBody, FormPart, HttpRequest, StreamBody


class Flag:
    """A flag that one thread sets and others look at.

    Each call has one, and nobody waits for it: an Event with its lock takes ten times as long.
    """

    __slots__ = ("_is_set",)

    def __init__(self) -> None:
        """Begin unset."""
        self._is_set = False

    def set(self) -> None:
        """Set it, once and for all."""
        self._is_set = True

    def is_set(self) -> bool:
        """Tell whether it is set."""
        return self._is_set


def until_set(request: HttpRequest, gone: Flag) -> HttpRequest:
    """Return the request with a body that breaks off when ``gone`` is set, if it is streamed."""
    match request.body:
        case StreamBody() as body:
            return attrs.evolve(request, body=_breaking_off(body, gone))
        case FormBody(parts=parts):
            form = FormBody(parts=tuple(_part(part, gone) for part in parts))
            return attrs.evolve(request, body=form)
        case _:
            return request


def _part(part: FormPart, gone: Flag) -> FormPart:
    if not isinstance(part.content, StreamBody):
        return part
    return attrs.evolve(part, content=_breaking_off(part.content, gone))


def _breaking_off(body: StreamBody, gone: Flag) -> StreamBody:
    return attrs.evolve(body, chunks=partial(_pieces, body, gone))


def _pieces(body: StreamBody, gone: Flag) -> Iterable[bytes]:
    for piece in body.chunks():
        if gone.is_set():
            message = "the call was interrupted"
            raise OSError(message)
        yield piece
