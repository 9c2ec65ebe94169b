"""What a provider tells by webhook, and the keys by which it is believed."""

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal, TypeAlias

import attrs

from ..exceptions import ValidationError
from . import checks
from .keywords import explained
from .secrets import Secret
from .shown import Shown

WebhookStatus: TypeAlias = Literal["completed", "failed"]
_PREFIX: Final = "whsec_"


@attrs.frozen(kw_only=True)
class WebhookEvent(Shown):
    """What a message says: a hint that it is worth to ask for the job, never the video.

    Attributes:
        provider: Provider id.
        id: The name of the message. One that is delivered again has the same.
        request_id: The provider's id of the job, as `VideoGeneration.request_id` has it; None for a
            message about something else, such as another product of the provider's.
        status: How the job ended, if the message says it; a cancelled job is ``"failed"``.
        sent_at: Aware UTC time when it was sent, or None if nothing that is signed says so.
        verified: Whether a signature shows that the provider sent it. False only for a provider
            that signs nothing.
    """

    provider: str
    id: str
    request_id: str | None
    status: WebhookStatus | None = None
    sent_at: datetime | None = None
    verified: bool = False


def base64_of(text: str) -> bytes:
    """Return the bytes of a base64 text, or none where it is not one.

    >>> base64_of("a2l0ZQ=="), base64_of("a2l0ZQ"), base64_of("a kite")
    (b'kite', b'', b'')
    """
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _as_secrets(value: "str | Secret | Sequence[str | Secret]") -> tuple[Secret, ...]:
    several = (value,) if isinstance(value, str | Secret) else checks.as_tuple("secrets", value)
    return tuple(Secret(each) if isinstance(each, str) else each for each in several)


def _check_secrets(_: object, __: object, value: tuple[object, ...]) -> None:
    for secret in value:
        if not isinstance(secret, Secret):
            raise checks.refuse("secrets", secret, "a string, a Secret, or a list of them")
        if not hmac_keys(secret):
            # The message does not show it.
            message = (
                "secrets has one that is empty, or that is not base64 after whsec_: copy the "
                "webhook's signing secret from the provider's site again"
            )
            raise ValidationError(message)


def hmac_keys(secret: Secret) -> tuple[bytes, ...]:
    """Return the keys that a signing secret may stand for; none for one that is no secret.

    With the prefix ``whsec_``, the rest is base64. Without it, libraries differ: that of the
    standard decodes it all the same, OpenAI's takes the text.

    Sources: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    ("Signature scheme", 2026-11); openai/openai-python:src/openai/lib/_webhooks.py, 3.54.0.

    >>> hmac_keys(Secret("whsec_a2l0ZQ==")), hmac_keys(Secret("whsec_")), hmac_keys(Secret("kite!"))
    ((b'kite',), (), (b'kite!',))
    """
    text = secret.reveal()
    decoded = base64_of(text.removeprefix(_PREFIX))
    plain = b"" if text.startswith(_PREFIX) else text.encode("utf-8", "surrogatepass")
    return tuple(dict.fromkeys(key for key in (decoded, plain) if key))


def _as_key_set(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if value is None else checks.string_keys("key_set", value)


@explained
@attrs.frozen(kw_only=True)
class WebhookKeys(Shown):
    """What shows that a message is the provider's own.

    Attributes:
        secrets: The signing secrets of the webhook (``whsec_…``), as strings or `Secret`; several
            while one replaces another. Stored as `Secret`.
        key_set: The provider's public keys: the parsed JSON of the key set that it publishes
            (RFC 7517), or None.
    """

    secrets: tuple[Secret, ...] = attrs.field(
        default=(), converter=_as_secrets, validator=_check_secrets
    )
    key_set: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=_as_key_set,
        hash=False,
        repr=False,
    )

    def __copy__(self) -> "WebhookKeys":
        return self

    def __deepcopy__(self, memo: object) -> "WebhookKeys":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the secrets out of a pickle, as `Secret` does, so that they stay in the process."""
        return partial(type(self), key_set=self.key_set), ()
