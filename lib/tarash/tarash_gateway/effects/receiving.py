"""One whole exchange over the HTTP effect (until the effect has replies that can be read in parts)."""

from ..messages import HttpRequest, HttpResponse, Limits
from ..outcome import IOOutcome
from . import Http


def received(http: Http, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpResponse]:
    """Return the whole reply."""
    return http.send(request, timeout=limits.total)
