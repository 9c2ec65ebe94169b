"""Whether a message to a webhook is believed, and what it says."""

import copy
import hashlib
import json
import pickle
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import openai
import pytest
import replicate.webhook
import standardwebhooks
import svix
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st
from returns.result import Failure

from tarash.tarash_gateway import (
    Provider,
    UnexpectedReplyError,
    ValidationError,
    WebhookError,
    WebhookEvent,
    WebhookKeys,
    functional,
    verify_webhook,
)
from tarash.tarash_gateway.codec import from_json, to_json
from tarash.tarash_gateway.lifecycle import webhook_signatures
from tarash.tarash_gateway.lifecycle.webhooks import MOST_BYTES
from tarash.tarash_gateway.providers.unusable import broken
from tarash.tarash_gateway.providers.webhooks import Signed, Told, Webhooks
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.running import webhook_check
from tarash.tarash_gateway.testing import SignedWebhook, signed_webhook

_NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# The bodies of the providers' documentation, where these have one.
_BODIES: dict[str, Any] = {
    # https://fal.ai/docs/model-apis/webhooks, 2026-11.
    "fal": {
        "request_id": "123e4567-e89b-12d3-a456-426614174000",
        "gateway_request_id": "123e4567-e89b-12d3-a456-426614174001",
        "status": "OK",
        "payload": {"video": {"url": "https://v3.fal.media/files/kite.mp4"}},
    },
    # https://replicate.com/docs/topics/webhooks/receive-webhook, 2026-11: the prediction.
    "replicate": {
        "id": "ufawqhfynnddngldkgtslldrkq",
        "version": "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
        "created_at": "2022-04-26T22:13:06.224088Z",
        "completed_at": "2022-04-26T22:15:06.224088Z",
        "status": "succeeded",
        "input": {"text": "Alice"},
        "output": "https://replicate.delivery/kite.mp4",
        "error": None,
        "logs": "",
        "metrics": {},
    },
    # https://developers.openai.com/api/docs/guides/video-generation, 2026-11.
    "openai": {
        "id": "evt_abc123",
        "object": "event",
        "created_at": 1758941485,
        "type": "video.completed",
        "data": {"id": "video_abc123"},
    },
    # https://ai.google.dev/gemini-api/docs/webhooks, 2026-05: the envelope and the event's fields.
    "google": {
        "type": "interaction.completed",
        "version": "v1",
        "timestamp": "2026-01-22T12:00:00Z",
        "data": {"id": "v1_abc"},
    },
}
_JOBS = {
    "fal": "123e4567-e89b-12d3-a456-426614174000",
    "replicate": "ufawqhfynnddngldkgtslldrkq",
    "openai": "video_abc123",
    "google": "v1_abc",
}
_WAYS = [("fal", "key"), ("replicate", "secret"), ("openai", "secret")] + [
    ("google", by) for by in ("key", "secret")
]
_every_way = pytest.mark.parametrize(("provider", "by"), _WAYS)


def _message(provider: str, by: Any = None, body: object = None, **more: Any) -> SignedWebhook:
    given = {"sent_at": _NOW, "secret": _SECRET, **more}
    return signed_webhook(provider, _BODIES[provider] if body is None else body, by=by, **given)


def _event(provider: str, message: SignedWebhook, **changes: Any) -> WebhookEvent:
    parts = {**attrs.asdict(message, recurse=False), "now": _NOW, **changes}
    return verify_webhook(provider, **parts)


def _reason(provider: str | Provider, message: SignedWebhook, **changes: Any) -> str:
    parts = {**attrs.asdict(message, recurse=False), "now": _NOW, **changes}
    result = functional.verify_webhook(provider, **parts)
    assert isinstance(result, Failure)
    error = result.failure()
    assert isinstance(error, WebhookError)
    return error.reason


# What is believed.


@_every_way
def test_a_message_of_the_provider_is_believed(provider: str, by: str) -> None:
    event = _event(provider, _message(provider, by))
    assert event == WebhookEvent(
        provider=provider,
        id="msg_1",
        request_id=_JOBS[provider],
        status="completed",
        sent_at=_NOW,
        verified=True,
    )


@pytest.mark.parametrize(
    ("provider", "body", "status"),
    [
        (
            "fal",
            {"request_id": "1", "status": "ERROR", "error": "Invalid status code: 422"},
            "failed",
        ),
        (
            "fal",
            {"request_id": "1", "status": "OK", "payload": None, "payload_error": "?"},
            "completed",
        ),
        ("fal", {"request_id": "1"}, None),
        ("replicate", {"id": "1", "status": "starting"}, None),
        ("replicate", {"id": "1", "status": "processing"}, None),
        ("replicate", {"id": "1", "status": "failed"}, "failed"),
        ("replicate", {"id": "1", "status": "canceled"}, "failed"),
        ("replicate", {"id": "1", "status": "aborted"}, "failed"),
        ("openai", {"type": "video.failed", "data": {"id": "1"}}, "failed"),
        ("openai", {"type": "video.paused", "data": {"id": "1"}}, None),
        ("google", {"type": "video.generated", "data": {"id": "1"}}, "completed"),
        ("google", {"type": "interaction.failed", "data": {"id": "1"}}, "failed"),
        ("google", {"type": "interaction.cancelled", "data": {"id": "1"}}, "failed"),
        ("google", {"type": "interaction.requires_action", "data": {"id": "1"}}, None),
    ],
)
def test_the_end_of_a_job_is_a_hint(provider: str, body: object, status: str | None) -> None:
    event = _event(provider, _message(provider, body=body))
    assert (event.request_id, event.status) == ("1", status)


@pytest.mark.parametrize(
    ("provider", "kind"), [("openai", "response.completed"), ("google", "batch.succeeded")]
)
def test_a_message_about_another_product_names_no_job(provider: str, kind: str) -> None:
    event = _event(provider, _message(provider, body={"type": kind, "data": {"id": "1"}}))
    assert (event.request_id, event.status, event.verified) == (None, None, True)


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("fal", {}),
        ("fal", {"request_id": 5}),
        ("replicate", {"id": "1"}),
        ("replicate", {"status": "failed"}),
        ("openai", {"data": {"id": "1"}}),
        ("openai", {"type": "video.completed", "data": {}}),
        ("openai", {"type": "video.completed"}),
        ("google", {"type": "interaction.completed", "data": {"id": None}}),
        ("google", {"type": 5, "data": {}}),
        ("fal", {"request_id": ""}),
        ("fal", {"request_id": "\ud800"}),
        ("fal", {"request_id": "x" * 2000}),
        ("fal", []),
        ("fal", "kite"),
        ("fal", b""),
        ("fal", b"{"),
        ("fal", b"\xff\xfe{}"),
        ("fal", b"[" * 100_000),
        ("fal", b'{"request_id": "1", "x": ' + b"[" * 300 + b"]" * 300 + b"}"),
        ("fal", b'{"request_id": ' + b"9" * 5000 + b"}"),
    ],
)
def test_what_is_signed_and_says_nothing_is_malformed(provider: str, body: object) -> None:
    assert _reason(provider, _message(provider, body=body)) == "malformed"


def test_a_message_that_is_sent_again_has_the_name_it_had() -> None:
    # given a message of fal's, which it signs anew for each try
    first, again = (_message("fal", sent_at=_NOW + timedelta(seconds=s)) for s in (0, 120))
    assert first.headers != again.headers
    ids = {
        _event("fal", first).id,
        _event("fal", again, now=_NOW + timedelta(seconds=121)).id,
    }
    assert len(ids) == 1


# What is not.


@_every_way
def test_a_message_of_somebody_else_is_forged(provider: str, by: str) -> None:
    theirs = _message(provider, by, secret="whsec_c29tZWJvZHkgZWxzZQ==")
    assert _reason(provider, theirs, keys=_message(provider, by).keys) == "forged"


@_every_way
@given(data=st.data())
def test_no_changed_byte_passes(provider: str, by: str, data: st.DataObject) -> None:
    # given a message, and one of its parts with another byte
    message = _message(provider, by)
    part = data.draw(st.sampled_from(["body", *message.headers]))
    content = message.body if part == "body" else message.headers[part].encode()
    place = data.draw(st.integers(0, len(content) - 1))
    bit = data.draw(st.integers(0, 6))
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    parts: dict[str, Any] = {"body": bytes(changed)}
    if part != "body":
        text = changed.decode("latin-1")
        parts = {"headers": {**message.headers, part: text}}
        # Hexadecimal digits mean the same in another case.
        assume(part != "X-Fal-Webhook-Signature" or text.lower() != message.headers[part])
    # then it is refused; a changed version of a signature leaves the message without one
    assert _reason(provider, message, **parts) in {
        "forged",
        "malformed",
        "late",
        "early",
        "unsigned",
    }


@_every_way
def test_a_message_without_one_of_its_headers_is_unsigned(provider: str, by: str) -> None:
    message = _message(provider, by)
    for missing in message.headers:
        headers = {name: text for name, text in message.headers.items() if name != missing}
        assert _reason(provider, message, headers=headers) == "unsigned"
        assert _reason(provider, message, headers={**headers, missing: ""}) == "unsigned"


@pytest.mark.parametrize("time", ["1e9", "-5", "+5", " 5", "5.0", "\u0665", "0x5", "9" * 12, "now"])
@_every_way
def test_a_time_is_a_whole_number(provider: str, by: str, time: str) -> None:
    message = _message(provider, by)
    (name,) = (name for name in message.headers if name.lower().endswith("timestamp"))
    assert _reason(provider, message, headers={**message.headers, name: time}) == "malformed"


@_every_way
@given(seconds=st.integers(-400, 400), tolerance=st.sampled_from([0, 5, 300, 300.0]))
def test_the_time_of_a_message_is_near(
    provider: str, by: str, seconds: int, tolerance: float
) -> None:
    message, now = _message(provider, by), _NOW + timedelta(seconds=seconds)
    if abs(seconds) <= tolerance:
        assert _event(provider, message, now=now, tolerance=tolerance).verified
    else:
        expected = "late" if seconds > 0 else "early"
        assert _reason(provider, message, now=now, tolerance=tolerance) == expected


def test_a_large_message_is_not_read() -> None:
    filled = _message("fal", body={**_BODIES["fal"], "x": ""})
    most = filled.body[:-2] + b"x" * (MOST_BYTES - len(filled.body)) + b'"}'
    assert _event("fal", _message("fal", body=most)).verified
    assert _reason("fal", _message("fal", body=most + b" ")) == "too_large"


# Keys.


def test_an_old_and_a_new_secret_may_be_there_at_once() -> None:
    old, new = "whsec_b2xk", "whsec_bmV3"
    both = WebhookKeys(secrets=[old, new])
    # given a receiver that knows both while the provider signs with one
    for secret in (old, new):
        assert _event("replicate", _message("replicate", secret=secret), keys=both).verified
    # and a provider that signs with both while the receiver knows one
    one, other = (_message("replicate", secret=secret).headers for secret in (old, new))
    signatures = f"{one['webhook-signature']} {other['webhook-signature']} v9,kite"
    message = _message("replicate", secret=old)
    headers = {**one, "webhook-signature": signatures}
    for secret in (old, new):
        assert _event(
            "replicate", message, headers=headers, keys=WebhookKeys(secrets=secret)
        ).verified


def test_a_key_set_has_keys_of_several_kinds() -> None:
    message = _message("google", "key")
    assert message.keys.key_set is not None
    (mine,) = message.keys.key_set["keys"]
    others = [
        None,
        {"kty": "RSA", "n": "x", "e": "AQAB"},
        {**mine, "crv": "Ed448"},
        {**mine, "kty": "EC", "crv": "P-256"},
        {**mine, "x": "AAAA"},
        {**mine, "x": 5},
        {**mine, "x": "kite!"},
        _public("another"),
    ]
    keys = WebhookKeys(key_set={"keys": [*others, mine]})
    assert _event("google", message, keys=keys).verified
    assert _reason("google", message, keys=WebhookKeys(key_set={"keys": others})) == "forged"
    assert _reason("google", message, keys=WebhookKeys(key_set={"keys": others[:-1]})) == "no_key"


def _public(secret: str) -> Mapping[str, Any]:
    key_set = _message("fal", secret=secret).keys.key_set
    assert key_set is not None
    key: Mapping[str, Any] = key_set["keys"][0]
    return key


@pytest.mark.parametrize("key_set", [None, {}, {"keys": 5}, {"keys": []}, {"keys": {"x": 1}}])
def test_without_a_key_the_message_is_not_to_blame(key_set: Any) -> None:
    secret, none = WebhookKeys(secrets=_SECRET, key_set=key_set), WebhookKeys(key_set=key_set)
    assert _reason("fal", _message("fal"), keys=secret) == "no_key"
    assert _reason("google", _message("google", "key"), keys=secret) == "no_key"
    assert _reason("google", _message("google", "secret"), keys=none) == "no_key"
    with pytest.raises(WebhookError, match=r"https://rest\.fal\.ai/\.well-known/jwks\.json"):
        _event("fal", _message("fal"), keys=none)


def test_without_cryptography_the_message_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_signatures, "find_spec", lambda _: None)
    message = _message("fal")
    with pytest.raises(WebhookError, match=r"pip install '\.\[webhooks\]'") as caught:
        _event("fal", message)
    assert caught.value.reason == "no_key"
    # and a secret needs none
    assert _event("openai", _message("openai")).verified


@pytest.mark.parametrize("secret", ["", "  ", "whsec_", "whsec_a", "whsec_kite!", b"kite", 5])
def test_what_is_no_secret_is_refused_and_not_shown(secret: Any) -> None:
    for secrets in (secret, [_SECRET, secret]):
        with pytest.raises(ValidationError) as caught:
            WebhookKeys(secrets=secrets)
        assert "whsec_a" not in str(caught.value)
        assert "kite!" not in str(caught.value)


def test_keys_show_no_secret() -> None:
    keys = WebhookKeys(secrets=[_SECRET, "plain text"], key_set={"keys": []})
    assert repr(keys) == "WebhookKeys(secrets=(Secret('**********'), Secret('**********')))"
    # and they stay in the process
    assert copy.deepcopy(keys) == copy.copy(keys) == keys
    assert pickle.loads(pickle.dumps(keys)) == WebhookKeys(key_set={"keys": []})  # noqa: S301 - our own bytes
    with pytest.raises(ValidationError, match="key_set must be a mapping"):
        WebhookKeys(key_set=[{"kty": "OKP"}])  # type: ignore[arg-type]  # the mistake under test


# Who else makes and checks such signatures.

_TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)
_CONTENTS = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3).map(
    lambda more: json.dumps(
        {**more, "id": "1", "request_id": "1", "status": "failed"}, ensure_ascii=False
    ).encode("utf-8", "replace")
)
_every_other = pytest.mark.parametrize(
    "other", [standardwebhooks.Webhook, svix.Webhook], ids=["standardwebhooks", "svix"]
)


@_every_other
@given(name=_TEXTS, body=_CONTENTS, key=st.binary(min_size=1, max_size=64))
def test_what_other_libraries_sign_is_believed(
    other: Callable[[str], Any], name: str, body: bytes, key: bytes
) -> None:
    secret = f"whsec_{_base64(key)}"
    signature = other(secret).sign(name, _NOW, body.decode())
    time = str(int(_NOW.timestamp()))
    headers = {"Webhook-Id": name, "Webhook-Timestamp": time, "Webhook-Signature": signature}
    event = verify_webhook("replicate", headers, body, WebhookKeys(secrets=secret), _NOW)
    assert (event.id, event.request_id) == (name, "1")


@_every_other
@given(name=_TEXTS, body=_CONTENTS, key=st.binary(min_size=1, max_size=64))
def test_other_libraries_believe_what_is_signed_for_tests(
    other: Callable[[str], Any], name: str, body: bytes, key: bytes
) -> None:
    # They read the time of the machine.
    secret, now = f"whsec_{_base64(key)}", datetime.now(UTC)
    message = signed_webhook("openai", body, id=name, sent_at=now, secret=secret)
    other(secret).verify(message.body, dict(message.headers))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        other(secret).verify(message.body + b" ", dict(message.headers))


def test_the_official_client_believes_what_is_signed_for_tests() -> None:
    for secret in (_SECRET, "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="):
        message = _message("openai", sent_at=datetime.now(UTC), secret=secret)
        with openai.OpenAI(api_key="k", webhook_secret=secret) as client:
            client.webhooks.verify_signature(message.body, dict(message.headers))
            with pytest.raises(openai.InvalidWebhookSignatureError):
                client.webhooks.verify_signature(message.body + b" ", dict(message.headers))


def test_replicates_client_believes_what_is_signed_for_tests() -> None:
    message = _message("replicate", sent_at=datetime.now(UTC))
    check = replicate.webhook.Webhooks.validate
    secret = replicate.webhook.WebhookSigningSecret(key=_SECRET)
    headers = dict(message.headers)
    check(headers=headers, body=message.body.decode(), secret=secret, tolerance=300)
    with pytest.raises(replicate.webhook.InvalidSignatureError):
        check(headers=headers, body=f"{message.body.decode()} ", secret=secret)


@given(body=_CONTENTS, seed=st.binary(min_size=32, max_size=32))
def test_what_fal_signs_is_believed(body: bytes, seed: bytes) -> None:
    # https://fal.ai/docs/model-apis/webhooks, 2026-11.
    key = Ed25519PrivateKey.from_private_bytes(seed)
    time = str(int(_NOW.timestamp()))
    text = f"job-1\nuser|5\n{time}\n{hashlib.sha256(body).hexdigest()}"
    headers = {
        "X-Fal-Webhook-Request-Id": "job-1",
        "X-Fal-Webhook-User-Id": "user|5",
        "X-Fal-Webhook-Timestamp": time,
        "X-Fal-Webhook-Signature": key.sign(text.encode()).hex(),
    }
    keys = _key_set(Ed25519PrivateKey.generate(), key)
    event = verify_webhook("fal", headers, body, keys, _NOW)
    assert (event.id, event.request_id, event.sent_at) == ("job-1", "1", _NOW)


@given(name=_TEXTS, more=_TEXTS, seed=st.binary(min_size=32, max_size=32))
def test_what_google_signs_with_its_key_is_believed(name: str, more: str, seed: bytes) -> None:
    # googleapis/python-genai, issue 2927, 2026-08.
    key, time = Ed25519PrivateKey.from_private_bytes(seed), str(int(_NOW.timestamp()))
    body = json.dumps({"type": "interaction.completed", "data": {"id": more}}).encode()
    signature = key.sign(f"{name}.{time}.".encode() + body)
    headers = {
        "Webhook-Id": name,
        "Webhook-Timestamp": time,
        "Webhook-Signature": f"v1a,{_base64(signature)}",
    }
    keys = _key_set(Ed25519PrivateKey.generate(), key, Ed25519PrivateKey.generate())
    event = verify_webhook("google", headers, body, keys, _NOW)
    assert (event.id, event.request_id, event.status) == (name, more, "completed")


def _key_set(*keys: Ed25519PrivateKey) -> WebhookKeys:
    return WebhookKeys(
        key_set={
            "keys": [
                {
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "kid": str(place),
                    "x": urlsafe_b64encode(key.public_key().public_bytes_raw()).decode(),
                }
                for place, key in enumerate(keys)
            ]
        }
    )


def test_a_secret_without_its_prefix_is_taken_in_both_ways() -> None:
    # OpenAI's client takes its text, the library of the standard decodes it
    bare = _SECRET.removeprefix("whsec_")
    name, body = "msg_1", json.dumps(_BODIES["openai"])
    time = str(int(_NOW.timestamp()))
    decoded = standardwebhooks.Webhook(bare).sign(name, _NOW, body)
    as_text = standardwebhooks.Webhook(f"whsec_{_base64(bare.encode())}").sign(name, _NOW, body)
    for signature in (decoded, as_text):
        headers = {"webhook-id": name, "webhook-timestamp": time, "webhook-signature": signature}
        keys = WebhookKeys(secrets=bare)
        assert verify_webhook("openai", headers, body.encode(), keys, _NOW).verified


@pytest.mark.parametrize(
    ("secret", "name", "time", "signature", "body"),
    [
        # replicate/replicate-python, tests/test_webhooks.py, 1.0.7.
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            b'{"test": 2432232314}',
        ),
        # openai/openai-python, 3.54.0, believes this one.
        (
            "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            "evt_abc123",
            1758941485,
            "v1,/NrW6G9wk8gO/njr5CmKOXNG+rukM32dDLO9+FpCcmI=",
            json.dumps(_BODIES["openai"], separators=(",", ":")).encode(),
        ),
    ],
)
def test_published_signatures_are_believed(
    secret: str, name: str, time: int, signature: str, body: bytes
) -> None:
    headers = {"webhook-id": name, "webhook-timestamp": str(time), "webhook-signature": signature}
    record = attrs.evolve(
        BUILT_IN["replicate"],
        webhooks=Webhooks(told=lambda _: Told(request_id=None), signature=_standard()),
    )
    now = datetime.fromtimestamp(time + 10, UTC)
    event = verify_webhook(record, headers, body, WebhookKeys(secrets=secret), now)
    assert (event.id, event.sent_at) == (name, datetime.fromtimestamp(time, UTC))


def _standard() -> Any:
    webhooks = BUILT_IN["replicate"].webhooks
    assert webhooks is not None
    return webhooks.signature


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


# What comes from frameworks.


@_every_way
def test_headers_come_in_any_case_and_form(provider: str, by: str) -> None:
    message = _message(provider, by)
    pairs = list(message.headers.items())
    for headers in (
        {name.upper(): text for name, text in pairs},
        {name.lower(): text for name, text in pairs},
        pairs,
        [(name.encode(), text.encode()) for name, text in pairs],
        iter([*pairs, ("Accept", "a"), ("accept", "b")]),
    ):
        assert _event(provider, message, headers=headers).verified


@_every_way
def test_a_header_that_comes_twice_is_not_chosen_from(provider: str, by: str) -> None:
    message = _message(provider, by)
    pairs = list(message.headers.items())
    # Of the standard's signatures, there may be several.
    for name, text in (pair for pair in pairs if pair[0] != "webhook-signature"):
        assert _reason(provider, message, headers=[*pairs, (name, text)]) in {"forged", "malformed"}


_ANY_TEXT = st.text(max_size=30) | st.sampled_from(["v1,", "v1a,AAAA", "5", str(2**60), "\n", "\0"])
_NAMES = sorted({name.lower() for each in _WAYS for name in _message(*each).headers})
_KEYS = st.sampled_from([WebhookKeys(), _message("fal").keys, _message("openai").keys])
_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "request_id", "status", "type", "data"]), inner, max_size=4
        )
    ),
)


@given(
    provider=st.sampled_from(sorted(_BODIES)),
    headers=st.dictionaries(st.sampled_from(_NAMES) | st.text(max_size=5), _ANY_TEXT),
    body=st.binary(max_size=60),
    keys=_KEYS,
)
def test_any_message_is_answered(
    provider: str, headers: dict[str, str], body: bytes, keys: WebhookKeys
) -> None:
    result = functional.verify_webhook(provider, headers, body, keys, _NOW)
    assert isinstance(result, Failure)
    assert isinstance(result.failure(), WebhookError)


@given(provider=st.sampled_from(sorted(_BODIES)), body=_JSON)
def test_any_signed_body_is_answered(provider: str, body: object) -> None:
    message = _message(provider, body=json.dumps(body).encode())
    result = functional.verify_webhook(provider, message.headers, message.body, message.keys, _NOW)
    if isinstance(result, Failure):
        error = result.failure()
        assert isinstance(error, WebhookError)
        assert error.reason == "malformed"
    else:
        assert result.unwrap().request_id != ""


# Arguments that are wrong.


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"body": "text"}, "body must be the bytes of the request as they came"),
        ({"now": datetime(2026, 1, 1)}, "now must be an aware time"),  # noqa: DTZ001 - the mistake
        ({"tolerance": -1}, "tolerance must be a number of seconds"),
        ({"tolerance": float("nan")}, "tolerance must be a number of seconds"),
        ({"headers": ["webhook-id"]}, "headers must be a mapping, or pairs"),
        ({"headers": {"webhook-id": 5}}, "headers must be a mapping, or pairs"),
        ({"keys": _SECRET}, "keys must be a WebhookKeys"),
    ],
)
def test_a_wrong_argument_is_no_fault_of_the_message(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        _event("fal", _message("fal"), **changes)


@pytest.mark.parametrize(
    ("provider", "text"),
    [
        ("fall", "provider 'fall' is not known: use one of .*; did you mean fal"),
        ("runway", "provider runway sends no webhooks, so this message is not from it"),
        ("azure-openai", "sends no webhooks"),
        ("mock", "sends no webhooks"),
    ],
)
def test_only_some_providers_send_messages(provider: str, text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        _event(provider, _message("fal"))


@pytest.mark.parametrize("provider", [None, 5, ["fal"]])
def test_a_provider_has_a_name_or_a_record(provider: Any) -> None:
    with pytest.raises(ValidationError, match="provider must be a provider's id, or a Provider"):
        _event(provider, _message("fal"))


def test_a_package_that_cannot_be_loaded_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    message = _message("fal")
    providers = {"kite": broken("kite", "it is installed but cannot be loaded")}
    monkeypatch.setattr(webhook_check, "known_providers", lambda *_: providers)
    with pytest.raises(ValidationError, match="it is installed but cannot be loaded"):
        _event("kite", message)


@pytest.mark.parametrize("time", ["5", 5.0, -1, 10**11, True])
def test_a_signature_of_yours_has_a_time(time: Any) -> None:
    with pytest.raises(ValidationError, match="sent_at must be a time in Unix seconds"):
        Signed(id="1", sent_at=time, content=b"")


def test_a_provider_of_yours_may_sign_nothing() -> None:
    # given the record of a provider whose messages anybody can send
    record = attrs.evolve(
        BUILT_IN["fal"],
        name="mine",
        webhooks=Webhooks(told=lambda body: Told(request_id=body["job"]), signature=None),
    )
    body = b'{"job": "1"}'
    event = verify_webhook(record, {}, body, WebhookKeys(), _NOW)
    # then the event says so, and one that is sent again has the name that it had
    assert (event.provider, event.request_id, event.verified) == ("mine", "1", False)
    assert event.sent_at is None
    assert event.id == verify_webhook(record, {}, body, WebhookKeys(), _NOW).id
    assert event.id != verify_webhook(record, {}, b'{"job": "2"}', WebhookKeys(), _NOW).id
    # and a bug of its code is called one
    for wrong in (b"{}", b'{"job": 5}'):
        with pytest.raises(UnexpectedReplyError, match="this is a bug in that code"):
            verify_webhook(record, {}, wrong, WebhookKeys(), _NOW)
    with pytest.raises(ValidationError, match="provider mine have no signature that is known"):
        signed_webhook(record, body)


def test_an_event_and_an_error_have_a_json_form() -> None:
    event = _event("fal", _message("fal"))
    assert from_json(to_json(event), WebhookEvent) == event
    error = WebhookError("it is old", reason="late", provider="fal")
    assert from_json(to_json(error), WebhookError) == error
