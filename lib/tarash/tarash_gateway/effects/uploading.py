"""What a body takes to be sent without blocking an event loop."""

from ..http.messages import Body, BytesBody, FormBody, JsonBody, StreamBody


def is_at_hand(body: Body | None) -> bool:
    """Tell whether a body is in memory: reading another one may block.

    >>> is_at_hand(BytesBody(content=b"kite", content_type="image/png"))
    True
    """
    match body:
        case None | JsonBody() | BytesBody():
            return True
        case StreamBody():
            return False
        case FormBody(parts=parts):
            return not any(isinstance(part.content, StreamBody) for part in parts)


def form_size(body: Body | None) -> int:
    """Return the bytes of a form that are in memory, which are read before it is sent.

    >>> form_size(FormBody(parts=())), form_size(JsonBody(value={}))
    (0, 0)
    """
    parts = body.parts if isinstance(body, FormBody) else ()
    return sum(len(part.content) for part in parts if isinstance(part.content, bytes))
