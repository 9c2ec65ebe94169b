"""Replies without the key that they may repeat: pure."""

import json
import re
from typing import Final
from urllib.parse import quote

import attrs

from .messages import HttpResponse

# A shorter part of a key may occur in a reply by chance.
_LEAST: Final = 8
_BLANK: Final = "**********"


def without_key(reply: HttpResponse, key: str) -> HttpResponse:
    """Return the reply with the key, and each half of an ``id:secret`` key, replaced by asterisks.

    Error pages of gateways may repeat the headers of a request, and replies are copied into
    messages, logs and journals.

    >>> without_key(HttpResponse(status=401, body=b"bad key 0123456789"), "0123456789").body
    b'bad key **********'
    """
    halves = [part for part in key.split(":") if len(part) >= 2 * _LEAST]
    texts = [text for text in (key, *halves) if len(text) >= _LEAST]
    body, headers = reply.body, reply.headers
    in_heads = "\n".join(headers.values())
    shown = [
        form
        for form in dict.fromkeys(form for text in texts for form in _forms(text))
        if form.encode() in body or form in in_heads
    ]
    for form in shown:
        body = body.replace(form.encode(), _BLANK.encode())
        headers = {name: value.replace(form, _BLANK) for name, value in headers.items()}
    return attrs.evolve(reply, body=body, headers=headers) if shown else reply


# What stands in a URL and in JSON as it is.
_PLAIN: Final = re.compile(r"[\w.~-]*", re.ASCII)


def _forms(text: str) -> tuple[str, ...]:
    """Return how a text may be written."""
    if _PLAIN.fullmatch(text):
        return (text,)
    return (text, quote(text, safe=""), json.dumps(text)[1:-1])
