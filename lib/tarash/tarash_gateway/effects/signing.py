"""Messages of a webhook, signed as a provider would: for tests."""

import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

import attrs

from ..exceptions import ValidationError
from ..providers.base import Provider
from ..providers.webhooks import standard
from ..values.extras import how_to_install
from ..values.secrets import Secret
from ..values.webhook import WebhookKeys, hmac_keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@attrs.frozen(kw_only=True)
class SignedWebhook:
    """A message as a provider would send it.

    Attributes:
        headers: The headers of the HTTP request.
        body: Its body.
        keys: The keys that it fits: the public key of a test stands in the key set.
    """

    headers: Mapping[str, str] = attrs.field(hash=False)
    body: bytes
    keys: WebhookKeys


def signed(  # noqa: PLR0913 - the parts of a message, and who signs it
    provider: Provider,
    body: object,
    *,
    secret: str,
    by: Literal["secret", "key"] | None,
    name: str,
    at: datetime,
) -> SignedWebhook:
    """Return a message that is signed with a secret, or with a key that is made of its text.

    Raises:
        ValidationError: The provider's messages have a signature of another kind, or none.
    """
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    time = str(int(at.timestamp()))
    webhooks = provider.webhooks
    if provider.name == "fal":
        key = _key(secret)
        return SignedWebhook(
            headers=_fal(name, time, content, key.sign), body=content, keys=_public(key)
        )
    if webhooks is None or webhooks.signature is not standard:
        message = f"the webhooks of provider {provider.name} have no signature that is known here"
        raise ValidationError(message, provider=provider.name)
    text = f"{name}.{time}.".encode() + content
    if (by or ("secret" if webhooks.key_set_url is None else "key")) == "key":
        key = _key(secret)
        signature, keys = f"v1a,{_base64(key.sign(text))}", _public(key)
    else:
        digest = hmac.digest(hmac_keys(Secret(secret))[0], text, "sha256")
        signature, keys = f"v1,{_base64(digest)}", WebhookKeys(secrets=(secret,))
    headers = {"webhook-id": name, "webhook-timestamp": time, "webhook-signature": signature}
    return SignedWebhook(headers=headers, body=content, keys=keys)


def _fal(name: str, time: str, body: bytes, sign: Callable[[bytes], bytes]) -> dict[str, str]:
    user = "test-user"
    content = "\n".join((name, user, time, sha256(body).hexdigest()))
    return {
        "X-Fal-Webhook-Request-Id": name,
        "X-Fal-Webhook-User-Id": user,
        "X-Fal-Webhook-Timestamp": time,
        "X-Fal-Webhook-Signature": sign(content.encode()).hex(),
    }


def _key(secret: str) -> "Ed25519PrivateKey":
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        message = (
            "a message that is signed with Ed25519 needs cryptography, which is not installed: "
            f"{how_to_install('webhooks')}"
        )
        raise ModuleNotFoundError(message, name=error.name) from error
    return ed25519.Ed25519PrivateKey.from_private_bytes(sha256(secret.encode()).digest())


def _public(key: "Ed25519PrivateKey") -> WebhookKeys:
    x = urlsafe_b64encode(key.public_key().public_bytes_raw()).decode().rstrip("=")
    entry: dict[str, Any] = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "test", "x": x}
    return WebhookKeys(key_set={"keys": [entry]})


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
