"""What scripted and recorded worlds answer to requests that nothing depends on."""

from typing import Final

import attrs
from returns.io import IOFailure

from ..exceptions import HTTPConnectionError
from ..http.messages import HttpRequest, Limits
from ..outcome import IOOutcome
from . import Http, HttpReply

# vcrpy is not imported: a process that has no cassette may not have it.
_MODULE_OF_VCRPY: Final = "vcr.errors"


class UnscriptedError(HTTPConnectionError):
    """A scripted or recorded world has no answer to an optional request; nothing was sent."""


def unscripted_error(request: HttpRequest) -> UnscriptedError:
    """Return the error about an optional request."""
    where = request.url.partition("?")[0]
    message = f"no reply to {request.method} {where} is scripted or recorded: nothing was sent"
    return UnscriptedError(message, request_sent=False)


def is_unscripted(error: BaseException) -> bool:
    """Tell whether an error only says that no reply was scripted or recorded."""
    return isinstance(error, UnscriptedError) or type(error).__module__ == _MODULE_OF_VCRPY


@attrs.frozen(eq=False)
class WithoutOptional:
    """Sends requests, except the optional ones: an older cassette has no reply to them."""

    _http: Http

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Return the reply: see `effects.Http`."""
        if request.optional:
            return IOFailure(unscripted_error(request))
        return self._http.open(request, limits=limits)
