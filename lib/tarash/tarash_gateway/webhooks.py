"""The entry points about webhooks that raise, and ready-made receivers for a web server.

    application = asgi_receiver("fal", journal=journal, on_webhook=handler)
    application = wsgi_receiver("fal", journal=journal, on_webhook=handler)

Each of the two is an application of its standard: mount it in FastAPI, Starlette, Flask or Django,
or run it alone.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import _later
from .effects import Effects
from .effects.journal import Journal
from .outcome import settle
from .providers.base import Provider
from .running import webhook_verbs
from .running.faces import raising
from .values.known import KnownProvider
from .values.webhook import WebhookKeys

if TYPE_CHECKING:
    from .running import asgi, receiving, wsgi
    from .running.answering import Handler
    from .running.asgi import AsgiApplication
    from .running.wsgi import WsgiApplication
else:
    # A program has one kind of server.
    asgi, receiving, wsgi = _later.modules(
        __package__, ".running.asgi", ".running.receiving", ".running.wsgi"
    )


__all__ = [
    "asgi_receiver",
    "receive_webhook",
    "receive_webhook_async",
    "wait_for_webhook",
    "wait_for_webhook_async",
    "wsgi_receiver",
]

receive_webhook, receive_webhook_async = raising(webhook_verbs.receive_webhook, __name__)
wait_for_webhook, wait_for_webhook_async = raising(webhook_verbs.wait_for_webhook, __name__)


def asgi_receiver(  # noqa: PLR0913 - what a receiver is made of
    provider: KnownProvider,
    *,
    journal: Journal | None,
    on_webhook: "Handler",
    keys: WebhookKeys | None = None,
    effects: Effects | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> "AsgiApplication":
    """Return an ASGI application that receives a provider's webhooks.

    It takes POST requests of 1 MiB at most that arrive within ten seconds, checks them as
    `receive_webhook` does, and calls ``on_webhook`` once for each message, however often the
    provider sends it. Its answers tell the provider what to do: 204 (it was received, now or
    before), 400, 401, 405, 408, 411 or 413 (it is refused), 500 (``on_webhook`` raised: send it
    again), and 503 (it cannot be checked or remembered now, or another delivery of it is being
    handled: send it again).

    Args:
        provider: Provider id, as in the config of the jobs.
        journal: The journal that the jobs were started with. With None, no job is found, and a
            message that is sent twice is handled twice.
        on_webhook: Called with a `Webhook`, plain (in a thread, so that it may block) or async. It
            is called again if it raised, if its process ended, or if it took longer than ten
            minutes: what it does must bear that.
        keys: The secrets, or the provider's public keys; by default they come from where
            `receive_webhook` finds them.
        effects: The effects to use; by default those of this process, created on first use.
        providers: Further providers by name.

    Raises:
        ValidationError: The provider is not known, or it sends no webhooks.
    """
    found = receiving.receiver_of(provider, keys, journal, effects, providers)
    return asgi.application(settle(found), on_webhook)


def wsgi_receiver(  # noqa: PLR0913 - the same
    provider: KnownProvider,
    *,
    journal: Journal | None,
    on_webhook: "Handler",
    keys: WebhookKeys | None = None,
    effects: Effects | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> "WsgiApplication":
    """Return a WSGI application that receives a provider's webhooks.

    It does what `asgi_receiver` does, in the thread of the request, and takes the same arguments.
    The time within which a request must arrive is looked at between its pieces: how long a single
    one may take is up to the server.

    Raises:
        ValidationError: The provider is not known, or it sends no webhooks.
    """
    found = receiving.receiver_of(provider, keys, journal, effects, providers)
    return wsgi.application(settle(found), on_webhook)
