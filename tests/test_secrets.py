"""A key is nowhere but in the request that needs it."""

import asyncio
import copy
import json
import logging
import pickle
import traceback
from typing import Any

import pytest
from tests.support import fal_replies as fal

from tarash.tarash_gateway import (
    HTTPConnectionError,
    TarashException,
    VideoGenerationConfig,
    VideoGenerationResponse,
    codec,
    generate_video,
    generate_video_async,
    plan_video,
)
from tarash.tarash_gateway.models import Secret
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

_CANARY = "canary-key-4711"


def _config() -> VideoGenerationConfig:
    return fal.config(api_key=_CANARY, provider_config={"access_token": _CANARY})


def test_a_secret_shows_nothing() -> None:
    secret = Secret(f" {_CANARY}\n")
    assert secret.reveal() == _CANARY
    assert _CANARY not in f"{secret!r} {secret} {secret!s:>40}"
    assert secret == Secret(_CANARY)
    assert hash(secret) == hash(Secret(_CANARY))
    assert secret != _CANARY
    assert secret
    assert not Secret("")
    with pytest.raises(AttributeError):
        secret.value = "x"


def test_a_copy_keeps_the_key_and_a_pickle_loses_it() -> None:
    config = _config()
    assert copy.deepcopy(config) == copy.copy(config) == config
    pickled = pickle.dumps(fal.config(api_key=_CANARY))
    assert _CANARY.encode() not in pickled
    assert pickle.loads(pickled).api_key is None  # noqa: S301 - our own bytes


def test_no_text_of_a_config_has_the_key() -> None:
    config = _config()
    texts = [repr(config), str(config), codec.to_json(config), json.dumps(codec.plain(config))]
    assert not any(_CANARY in text for text in texts)


def test_a_plan_names_the_variable_instead() -> None:
    plan = plan_video(_config(), fal.REQUEST, effects=fake_effects())
    assert plan.headers["Authorization"] == "Key $FAL_KEY"
    assert _CANARY not in repr(plan) + plan.curl() + codec.to_json(plan)


def _in_a_loop(*arguments: Any, **options: Any) -> VideoGenerationResponse:
    return asyncio.run(generate_video_async(*arguments, **options))


@pytest.mark.parametrize(
    "reply",
    [
        HTTPConnectionError(message="the network failed", request_sent=True),
        json_reply(401, {"detail": "No user found for Key ID and Secret"}),
        json_reply(500, {"detail": "crash"}),
        json_reply(200, ["garbled"]),
    ],
)
def test_no_failure_tells_the_key(reply: object, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_update: object) -> None:
        raise RuntimeError

    caplog.set_level(logging.DEBUG)
    texts = []
    for asynchronous in (False, True):
        http = ScriptedHttp([reply])  # type: ignore[list-item]  # a table of replies
        effects = fake_effects(http=http)
        call = (_config(), fal.REQUEST)
        generate = _in_a_loop if asynchronous else generate_video
        with pytest.raises(TarashException) as caught:
            generate(*call, on_progress=broken, effects=effects)
        told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        texts += [*told.format(), repr(caught.value), codec.to_json(caught.value)]
        assert http.requests[0].credential == {"Authorization": f"Key {_CANARY}"}
        texts.append(repr(http.requests))
    assert _CANARY not in "".join(texts) + caplog.text
