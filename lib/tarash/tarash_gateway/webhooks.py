"""The entry points about webhooks that raise; `api` has them too, and loads them when asked."""

from typing import Final

from .running import webhook_verbs
from .running.faces import raising

# Where users find them, and where a pickle looks for them.
_MODULE: Final = f"{__package__}.api"
__all__ = ["wait_for_webhook", "wait_for_webhook_async"]

wait_for_webhook, wait_for_webhook_async = raising(webhook_verbs.wait_for_webhook, _MODULE)
