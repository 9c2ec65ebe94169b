"""Access tokens of a machine's identity, from a token server on loopback."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.support.recorder import Answer, recorder

from tarash.tarash_gateway import (
    AuthenticationError,
    VideoGenerationConfig,
    VideoGenerationRequest,
    generate_video,
    plan_video,
)
from tarash.tarash_gateway.effects import google_tokens
from tarash.tarash_gateway.effects.google_tokens import GoogleTokens
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.testing import FakeTokens, ScriptedHttp, fake_effects, json_reply
from tarash.tarash_gateway.values.secrets import Secret

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_REQUEST = VideoGenerationRequest(prompt="a kite")


def _account(path: Path, token_uri: str) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    account = {
        "type": "service_account",
        "client_email": "robot@project.example",
        "private_key": pem.decode(),
        "token_uri": token_uri,
    }
    path.write_text(json.dumps(account), encoding="utf-8")
    return path


def test_a_service_account_gets_a_token(tmp_path: Path) -> None:
    reply = Answer(body=b'{"access_token": "token-1", "expires_in": 3600}')
    with recorder(lambda _: reply) as server:
        path = _account(tmp_path / "account.json", f"{server.url}/token")
        token = result_of(GoogleTokens().fetch(_SCOPE, {"credentials_path": str(path)})).unwrap()
    assert token == Secret("token-1")
    assert server.requests[0].path == "/token"


def test_a_refused_account_is_an_authentication_error(tmp_path: Path) -> None:
    reply = Answer(status=400, body=b'{"error": "invalid_grant"}')
    with recorder(lambda _: reply) as server:
        path = _account(tmp_path / "account.json", f"{server.url}/token")
        error = result_of(GoogleTokens().fetch(_SCOPE, {"credentials_path": path})).failure()
    assert isinstance(error, AuthenticationError)
    assert "gcloud auth application-default login" in error.message


@pytest.mark.parametrize("content", [None, "no JSON", "{}"])
def test_a_file_that_is_no_account_is_an_authentication_error(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "account.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    error = result_of(GoogleTokens().fetch(_SCOPE, {"credentials_path": path})).failure()
    assert isinstance(error, AuthenticationError)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_tokens, "find_spec", lambda _name: None)
    error = result_of(GoogleTokens().fetch(_SCOPE, {})).failure()
    assert "pip install '.[vertex]'" in error.message


_VERTEX = VideoGenerationConfig(
    provider="google",
    model="veo-3.1-generate-001",
    provider_config={"project": "p", "location": "us-central1"},
)


def _token_sent(config: VideoGenerationConfig) -> Any:
    http = ScriptedHttp([json_reply(429, {})] * 9)
    with pytest.raises(Exception, match="google"):
        generate_video(config, _REQUEST, effects=fake_effects(http=http))
    return http.requests[0].credential["Authorization"]


def test_a_vertex_call_has_a_token_from_wherever_there_is_one() -> None:
    given = {"project": "p", "location": "us-central1", "access_token": "given"}
    by_setting = VideoGenerationConfig(
        provider="google", model="veo-3.1-generate-001", provider_config=given
    )
    by_key = VideoGenerationConfig(
        provider="google", model="veo-3.1-generate-001", provider_config=given, api_key="key"
    )
    assert _token_sent(_VERTEX) == f"Bearer {FakeTokens().token}"
    assert _token_sent(by_setting) == "Bearer given"
    assert _token_sent(by_key) == "Bearer key"


def test_a_plan_fetches_no_token() -> None:
    plan = plan_video(_VERTEX, _REQUEST, effects=fake_effects())
    assert plan.headers["Authorization"] == "Bearer $(gcloud auth print-access-token)"
