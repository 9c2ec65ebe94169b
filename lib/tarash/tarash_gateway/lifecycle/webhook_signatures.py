"""Whether a signature of a message fits one of the keys: pure."""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from typing import Final

from returns.result import Failure, Success

from ..exceptions import WebhookError
from ..outcome import Outcome
from ..providers.webhooks import Signed, Webhooks
from ..values.extras import how_to_install
from ..values.webhook import WebhookKeys, base64_of, hmac_keys

_KEY_BYTES: Final = 32


def genuine(webhooks: Webhooks, signed: Signed, keys: WebhookKeys) -> Outcome[Signed]:
    """Return what is signed, if one of the signatures fits one of the keys.

    Errors:
        WebhookError: None does (``"forged"``), or there is no key to try it with (``"no_key"``).
    """
    secrets = [key for secret in keys.secrets for key in hmac_keys(secret)] if signed.hmacs else []
    public = list(_public_keys(keys)) if signed.ed25519 else []
    if not secrets and not public:
        return Failure(_no_key(webhooks, signed))
    if _has_hmac(signed, secrets):
        return Success(signed)
    if public and find_spec("cryptography") is None:
        message = (
            "the message is signed with Ed25519, which needs the package cryptography: "
            f"{how_to_install('webhooks')}"
        )
        return Failure(WebhookError(message, reason="no_key"))
    if public and _has_ed25519(signed, public):
        return Success(signed)
    message = (
        "no signature of the message fits the keys: it is forged or was changed on its way, or the "
        "keys are of another webhook; a body that was parsed and written again does not fit either"
    )
    return Failure(WebhookError(message, reason="forged"))


def _no_key(webhooks: Webhooks, signed: Signed) -> WebhookError:
    if signed.ed25519:
        place = "" if webhooks.key_set_url is None else f" at {webhooks.key_set_url}"
        message = (
            "the message is signed with a key of the provider's, and key_set has no Ed25519 key: "
            f"give the parsed JSON of the provider's key set{place}"
        )
        return WebhookError(message, reason="no_key")
    if signed.hmacs:
        message = (
            "the message is signed with the secret of a webhook, and secrets has none: give the "
            "signing secret, which the provider shows where the webhook is made"
        )
        return WebhookError(message, reason="no_key")
    message = "the message has no signature of a kind that is known: answer it with an error"
    return WebhookError(message, reason="unsigned")


def _has_hmac(signed: Signed, secrets: Iterable[bytes]) -> bool:
    made = [hmac.digest(key, signed.content, "sha256") for key in secrets]
    return any(hmac.compare_digest(one, other) for one in made for other in signed.hmacs)


def _has_ed25519(signed: Signed, public: Iterable[bytes]) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - an extra

    for key in map(ed25519.Ed25519PublicKey.from_public_bytes, public):
        for signature in signed.ed25519:
            with suppress(InvalidSignature):
                key.verify(signature, signed.content)
                return True
    return False


def _public_keys(keys: WebhookKeys) -> Iterator[bytes]:
    """Yield the Ed25519 keys of a key set; keys of other kinds are left out.

    Source: https://www.rfc-editor.org/rfc/rfc8037, section 2.
    """
    found = (keys.key_set or {}).get("keys")
    for key in found if isinstance(found, list | tuple) else ():
        if isinstance(key, Mapping) and (key.get("kty"), key.get("crv")) == ("OKP", "Ed25519"):
            content = _of_base64url(key.get("x"))
            if len(content) == _KEY_BYTES:
                yield content


def _of_base64url(text: object) -> bytes:
    if not isinstance(text, str):
        return b""
    bare = text.rstrip("=").replace("-", "+").replace("_", "/")
    return base64_of(bare + "=" * (-len(bare) % 4))
