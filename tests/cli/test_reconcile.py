"""``tarash jobs --reconcile`` and ``tarash adopt``: what became of unknown submissions."""

import io
import json
from typing import Any

import pytest
from tests.support import fal_replies as fal
from tests.support.command_line import FAL, Tarash, world

from tarash.tarash_gateway.cli import asking
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.testing import ScriptedHttp, json_reply

_REPLICATE = (
    *("generate", "a kite", "--provider", "replicate", "--model", "minimax/video-01"),
    *("--timeout", "1", "--key", "clip"),
)


def _make_unknown(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> str:
    """Submit something whose answer is lost, and return its id."""
    world(monkeypatch, ScriptedHttp([_drop]), REPLICATE_API_TOKEN="token-123")
    ran = tarash(*_REPLICATE)
    assert ran.code == 6
    assert "run tarash jobs --reconcile" in ran.err
    (entry,) = json.loads(tarash("jobs", "--json").out)
    assert entry["state"] == "unknown"
    return str(entry["id"])


def _drop(_request: object) -> HttpResponse:
    return HttpResponse(status=502, body=b"bad gateway")


def _list(*predictions: dict[str, Any]) -> HttpResponse:
    return json_reply(200, {"next": None, "previous": None, "results": list(predictions)})


def _prediction(id_: str, **more: Any) -> dict[str, Any]:
    shown = {
        "id": id_,
        "model": "minimax/video-01",
        "status": "processing",
        "created_at": "2026-01-01T00:00:01.5Z",
        "input": {"prompt": "a kite"},
    }
    return shown | more


def test_a_job_is_found_and_resumed(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = _make_unknown(tarash, monkeypatch)
    http = ScriptedHttp([_list(_prediction("other", input={"prompt": "x"}), _prediction("mine"))])
    world(monkeypatch, http, REPLICATE_API_TOKEN="token-123")
    ran = tarash("jobs", "--reconcile")
    assert ran.code == 0, ran.err
    assert "found" in ran.out
    assert f"tarash resume {ours}" in ran.out
    (entry,) = json.loads(tarash("jobs", "--json").out)
    assert (entry["state"], entry["request_id"]) == ("accepted", "mine")
    # and nothing is unknown any more
    again = tarash("jobs", "--reconcile")
    assert (again.code, again.out) == (0, "")
    assert "no submission is unknown" in again.err


def test_what_cannot_be_told_is_adopted_by_the_user_s_word(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = _make_unknown(tarash, monkeypatch)
    http = ScriptedHttp([_list(_prediction("one"), _prediction("two"))])
    world(monkeypatch, http, REPLICATE_API_TOKEN="token-123")
    ran = tarash("jobs", "--reconcile", "--json")
    (told,) = json.loads(ran.out)
    assert ran.code == 6
    assert (told["answer"], told["candidates"]) == ("cannot_tell", ["one", "two"])
    assert told["next"] == f"tarash adopt {ours} JOB with the job that it is"
    assert tarash("adopt", ours, "two").code == 0
    assert json.loads(tarash("jobs", "--json").out)[0]["request_id"] == "two"
    # and an attempt that has its job keeps it
    second = tarash("adopt", ours, "one")
    assert (second.code, "it has job two" in second.err) == (2, True)


def test_none_is_closed_only_when_it_is_asked_for(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_unknown(tarash, monkeypatch)
    # given a look that comes too early
    world(monkeypatch, ScriptedHttp([_list()]), REPLICATE_API_TOKEN="token-123")
    (early,) = json.loads(tarash("jobs", "--reconcile", "--json").out)
    assert early["answer"] == "cannot_tell"
    assert early["next"].startswith("ask again after ")
    # when it is asked an hour later
    world(monkeypatch, ScriptedHttp([_list()]), 3600.0, REPLICATE_API_TOKEN="token-123")
    (told,) = json.loads(tarash("jobs", "--reconcile", "--json").out)
    assert (told["answer"], told["closed"]) == ("none", False)
    assert json.loads(tarash("jobs", "--json").out) != []
    # then it is closed by the word only
    world(monkeypatch, ScriptedHttp([_list()]), 3600.0, REPLICATE_API_TOKEN="token-123")
    ran = tarash("jobs", "--reconcile", "--forget")
    assert (ran.code, "it may be sent again" in ran.out) == (0, True)
    assert json.loads(tarash("jobs", "--json").out) == []


def test_a_provider_that_cannot_be_asked_is_named(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_unknown(tarash, monkeypatch)
    world(monkeypatch, ScriptedHttp([]))
    (told,) = json.loads(tarash("jobs", "--reconcile", "--json").out)
    assert (told["answer"], "REPLICATE_API_TOKEN" in told["reason"]) == ("not asked", True)


def test_forget_alone_is_a_mistake(tarash: Tarash) -> None:
    ran = tarash("jobs", "--forget")
    assert (ran.code, "needs --reconcile" in ran.err) == (2, True)


def test_a_job_of_fal_is_not_missing_as_long_as_it_may_run(
    tarash: Tarash, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(monkeypatch, ScriptedHttp([_drop]), FAL_KEY="id:secret")
    assert tarash(*FAL).code == 6
    nothing = json_reply(200, {"items": [], "next_cursor": None, "has_more": False})
    http = ScriptedHttp([nothing])
    world(monkeypatch, http, FAL_KEY="id:secret")
    (told,) = json.loads(tarash("jobs", "--reconcile", "--json").out)
    assert told["answer"] == "cannot_tell"
    assert http.requests[0].url.startswith("https://api.fal.ai/v1/models/requests/by-endpoint?")
    assert http.requests[0].credential == {"Authorization": "Key id:secret"}
    assert fal.URL not in told["reason"]


def test_a_user_at_a_terminal_is_asked(tarash: Tarash, monkeypatch: pytest.MonkeyPatch) -> None:
    _make_unknown(tarash, monkeypatch)
    for answer, left in (("n", 1), ("y", 0)):
        replies = [_list(), _list()]
        world(monkeypatch, ScriptedHttp(replies), 3600.0, REPLICATE_API_TOKEN="token-123")
        monkeypatch.setattr("sys.stdin", _Terminal(f"{answer}\n"))
        monkeypatch.setattr(asking, "is_person", lambda: True)
        ran = tarash("jobs", "--reconcile")
        assert "so that it may be sent again?" in ran.err
        assert len(json.loads(tarash("jobs", "--json").out)) == left


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
