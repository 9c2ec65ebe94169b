"""A page of a provider's list of jobs: pure."""

from typing import Any, NamedTuple

import attrs
from returns.result import Failure, Success

from ..exceptions import UnexpectedReplyError
from ..http.messages import HttpResponse
from ..http.reading import object_of
from ..outcome import Outcome
from ..values.reconciliation import ListedJob as ListedJob


class Items(NamedTuple):
    """The jobs of a list as JSON objects, each with an id, and the whole reply."""

    items: tuple[dict[str, Any], ...]
    payload: dict[str, Any]


def items_of(title: str, reply: HttpResponse, field: str, name: str = "id") -> Outcome[Items]:
    """Return the jobs of a list, and the whole reply.

    Args:
        title: The provider's name, for messages.
        reply: The 2xx reply.
        field: The field that has the jobs.
        name: The field of a job that has its id.

    Errors:
        UnexpectedReplyError: It has none, or a job without an id.
    """

    def read(payload: dict[str, Any]) -> Outcome[Items]:
        items = payload.get(field)
        if isinstance(items, list) and all(
            isinstance(item, dict) and isinstance(item.get(name), str) for item in items
        ):
            return Success(Items(tuple(items), payload))
        message = f"{title}'s list of jobs cannot be understood"
        return Failure(UnexpectedReplyError(message=message, raw_response=payload))

    return object_of(reply).bind(read)


@attrs.frozen(kw_only=True)
class Page:
    """One page of a list of jobs.

    Attributes:
        jobs: The jobs in the order of the list.
        following: What names the next page; empty if this is the last one.
    """

    jobs: tuple[ListedJob, ...]
    following: str = ""
