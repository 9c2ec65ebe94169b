"""The entry point that checks a webhook and raises; `api` has it too, and loads it when asked."""

from collections.abc import Callable

from .outcome import Outcome, settle
from .running.faces import P, T, dress
from .running.webhook_check import verify_webhook as _verify_webhook

__all__ = ["verify_webhook"]


def _raising(check: Callable[P, Outcome[T]]) -> Callable[P, T]:
    def face(*arguments: P.args, **options: P.kwargs) -> T:
        return settle(check(*arguments, **options))

    return dress(face, check)


verify_webhook = _raising(_verify_webhook)
