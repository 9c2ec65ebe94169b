"""What a provider's webhooks are: how to ask for them, how they are signed, and what they say.

Pure, as all of a provider is. `lifecycle.webhooks` checks a message by it.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import attrs
from attrs.validators import optional
from returns.result import Failure, Success

from ..exceptions import WebhookError
from ..http.messages import HttpRequest
from ..outcome import Outcome
from ..values import checks
from ..values.webhook import WebhookStatus, base64_of

# More of them are no rotation of keys: each costs a check.
_MOST_SIGNATURES: Final = 16
_WORD: Final = re.compile(r"[\x20-\x7e]{1,256}")
_UNIX: Final = re.compile(r"[0-9]{1,11}", re.ASCII)


def _check_seconds(_: object, attribute: "attrs.Attribute[Any]", value: object) -> None:
    if type(value) is not int or _UNIX.fullmatch(str(value)) is None:
        raise checks.refuse(attribute.name, value, "a time in Unix seconds")


@attrs.frozen(kw_only=True)
class Signed:
    """What the headers of a message say about its signature.

    Attributes:
        id: The name of the message, the same where it is delivered again.
        sent_at: When it was sent, in Unix seconds.
        content: What was signed.
        hmacs: Signatures by HMAC-SHA256 with a secret; any of them may fit.
        ed25519: Signatures by Ed25519 with a key of the provider's key set; any of them may fit.
    """

    id: str = attrs.field(validator=checks.instance_of(str, "a text"))
    sent_at: int = attrs.field(validator=_check_seconds)
    content: bytes = attrs.field(repr=False, validator=checks.instance_of(bytes))
    hmacs: tuple[bytes, ...] = ()
    ed25519: tuple[bytes, ...] = ()


@attrs.frozen(kw_only=True)
class Told:
    """What the body of a message says.

    Attributes:
        request_id: The id of the job, as `Job` has it, or None if it is not about a job.
        status: How the job ended, or None if the message does not say it.
    """

    request_id: str | None = attrs.field(validator=optional(checks.instance_of(str, "a text")))
    status: WebhookStatus | None = attrs.field(
        default=None, validator=optional(checks.one_of({"completed", "failed"}))
    )


Headers: TypeAlias = Mapping[str, str]


@attrs.frozen(kw_only=True)
class Webhooks:
    """The webhooks of a provider.

    Attributes:
        told: What the JSON object of a body says, or None if it is no message of the provider's.
        signature: What the headers (under lower-case names) and the bytes of the body say about
            the signature; fails with a `WebhookError`. None for a provider that signs nothing.
        ask: The submission with the URL to call. It returns the submission as it is if that names
            another URL already. None where a webhook is set up on the provider's site only.
        site: Where a webhook is set up that a submission cannot ask for: a part of a sentence.
        variables: Environment variables that may hold its signing secret, or several of them with
            spaces between, while one replaces another.
        key_set_url: Where the provider publishes its public keys, or None.
        key_set_seconds: How long these may be kept at most.
    """

    told: Callable[[Mapping[str, Any]], Told | None]
    signature: Callable[[Headers, bytes], Outcome[Signed]] | None
    ask: Callable[[HttpRequest, str], HttpRequest] | None = None
    site: str = "on its site"
    variables: tuple[str, ...] = ()
    key_set_url: str | None = None
    key_set_seconds: float = 24 * 3600


def standard(headers: Headers, body: bytes) -> Outcome[Signed]:
    """Return what Standard Webhooks' headers say: ``v1`` is HMAC-SHA256, ``v1a`` is Ed25519.

    The header has several signatures while a key replaces another. Unknown versions are ignored.

    Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    (2026-11).

    Errors:
        WebhookError: A header is missing or malformed.
    """
    return words(headers, "webhook-id", "webhook-timestamp", "webhook-signature").bind(
        lambda found: _standard(body, *found)
    )


def _standard(body: bytes, name: str, time: str, signatures: str) -> Outcome[Signed]:
    by_version: dict[str, list[bytes]] = {"v1": [], "v1a": []}
    for each in signatures.split()[:_MOST_SIGNATURES]:
        version, _, text = each.partition(",")
        if version in by_version:
            by_version[version].append(_signature(text))
    return seconds("webhook-timestamp", time).map(
        lambda at: Signed(
            id=name,
            sent_at=at,
            content=f"{name}.{time}.".encode() + body,
            hmacs=tuple(by_version["v1"]),
            ed25519=tuple(by_version["v1a"]),
        )
    )


def _signature(text: str) -> bytes:
    """Return the bytes of a signature, or none, which fit no key.

    A text with other bits behind the last byte is another text.
    """
    content = base64_of(text)
    return content if b64encode(content).decode() == text else b""


def words(headers: Headers, *names: str) -> Outcome[tuple[str, ...]]:
    """Return the values of headers that a signature needs.

    Errors:
        WebhookError: One is missing, or it is not one line of 256 characters of ASCII at most,
            except the last one, which has the signatures and may be longer.
    """
    missing = [name for name in names if not headers.get(name)]
    if missing:
        message = (
            f"the message has no header {missing[0]}, so it is not signed: answer it with an error,"
            " and check that nothing between the provider and this program removes headers"
        )
        return Failure(WebhookError(message, reason="unsigned"))
    values = tuple(headers[name] for name in names)
    for name, value in zip(names[:-1], values, strict=False):
        if _WORD.fullmatch(value) is None:
            message = f"the message's header {name} is not one line of ASCII: answer with an error"
            return Failure(WebhookError(message, reason="malformed"))
    return Success(values)


def seconds(name: str, text: str) -> Outcome[int]:
    """Return a header's Unix seconds.

    Errors:
        WebhookError: They are not a whole number, or of another age of the world.
    """
    if _UNIX.fullmatch(text) is not None:
        return Success(int(text))
    message = f"the message's header {name} is no time in Unix seconds: answer with an error"
    return Failure(WebhookError(message, reason="malformed"))
