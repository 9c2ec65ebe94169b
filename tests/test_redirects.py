"""Where a video's URL may lead: never with a key, never from outside into a private network."""

from collections.abc import Mapping
from pathlib import Path

import attrs
import pytest
from returns.io import IOFailure, IOSuccess
from tests.support.made_videos import Made

from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.exceptions import HTTPConnectionError, SaveError
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse
from tarash.tarash_gateway.outcome import IOOutcome, Outcome, result_of
from tarash.tarash_gateway.running.fetching import FetchLimits
from tarash.tarash_gateway.running.measuring import measure_url
from tarash.tarash_gateway.running.saving import Response, Saving, destination
from tarash.tarash_gateway.running.tasks import block
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects

_VIDEO = Made(form="mp4", codec="libx264").file()
_HOSTS: Mapping[str, tuple[str, ...]] = {
    "cdn.example": ("93.184.216.34",),
    "other.example": ("2606:2800:220:1:248:1893:25c8:1946", "93.184.216.35"),
    "inside.example": ("10.0.0.7",),
    "half.example": ("93.184.216.34", "127.0.0.1"),
    "metadata.example": ("169.254.169.254",),
    "mapped.example": ("::ffff:192.168.0.1",),
    "intranet": ("192.168.7.7",),
}


@attrs.frozen
class _Names:
    def addresses(self, host: str) -> IOOutcome[tuple[str, ...]]:
        if host not in _HOSTS:
            return IOFailure(HTTPConnectionError(f"{host} is not known", request_sent=False))
        found: IOOutcome[tuple[str, ...]] = IOSuccess(_HOSTS[host])
        return found


def _redirect(to: str) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": to})


def _served(request: HttpRequest) -> HttpResponse:
    assert not request.credential
    assert "authorization" not in {name.lower() for name in request.headers}
    return HttpResponse(status=200, headers={"Content-Type": "video/mp4"}, body=_VIDEO)


def _effects(replies: list[HttpResponse]) -> tuple[Effects, ScriptedHttp]:
    http = ScriptedHttp([*replies, _served], optional=True)
    fakes = fake_effects(http=http)
    return attrs.evolve(fakes, names=_Names(), disk=live_effects().disk), http


def _save(effects: Effects, url: str, folder: Path, *, private: bool = False) -> Outcome[Response]:
    response = Response(request_id="1", video=url)
    place = result_of(destination(folder, effects, overwrite=False)).unwrap()
    limits = FetchLimits(size=2**30)
    saving = Saving(to=place, effects=effects, limits=limits, private=lambda: private)
    return result_of(saving.save(response))


_REFUSED = (
    "http://127.0.0.1/a.mp4",
    "http://127.1.2.3:8080/a.mp4",
    "http://10.1.2.3/a.mp4",
    "https://172.16.0.1/a.mp4",
    "http://192.168.1.1/a.mp4",
    "http://169.254.169.254/latest/meta-data",
    "http://100.64.0.1/a.mp4",
    "http://0.0.0.0/a.mp4",
    "http://[::1]/a.mp4",
    "http://[fe80::1]/a.mp4",
    "http://[fd00::1]/a.mp4",
    "http://[::ffff:10.0.0.1]/a.mp4",
    "http://localhost/a.mp4",
    "http://LOCALHOST:9/a.mp4",
    "http://api.localhost/a.mp4",
    "http://localhost./a.mp4",
    "https://inside.example/a.mp4",
    "https://half.example/a.mp4",
    "https://metadata.example/a.mp4",
    "https://mapped.example/a.mp4",
    "//intranet/a.mp4",
)


@pytest.mark.parametrize("target", _REFUSED)
def test_a_public_host_does_not_lead_into_a_private_network(target: str, tmp_path: Path) -> None:
    # given a public URL that redirects to a private address
    effects, http = _effects([_redirect(target)])
    # when the video is saved, or measured
    error = _save(effects, "https://cdn.example/v?sig=1", tmp_path).failure()
    # then the second host is not asked
    assert isinstance(error, SaveError)
    assert "private network" in error.message
    assert [request.url for request in http.requests] == ["https://cdn.example/v?sig=1"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "target",
    ["https://other.example/b.mp4", "/b.mp4?part=1", "//other.example/b.mp4", "http://8.8.8.8/b"],
)
def test_a_public_redirect_is_followed_without_a_key(target: str, tmp_path: Path) -> None:
    effects, http = _effects([_redirect(target)])
    saved = _save(effects, "https://cdn.example/v", tmp_path).unwrap()
    assert saved.path is not None
    assert saved.path.read_bytes() == _VIDEO
    assert len(http.requests) == 2


def test_several_redirects_in_a_row(tmp_path: Path) -> None:
    effects, http = _effects([_redirect("https://other.example/1"), _redirect("/2")])
    assert _save(effects, "https://cdn.example/v", tmp_path).unwrap().path is not None
    assert http.requests[-1].url == "https://other.example/2"


def test_a_chain_into_a_private_network_is_refused_at_its_last_step(tmp_path: Path) -> None:
    effects, http = _effects([_redirect("https://other.example/1"), _redirect("http://10.0.0.1/")])
    assert "private network" in str(_save(effects, "https://cdn.example/v", tmp_path).failure())
    assert len(http.requests) == 2


def test_endless_redirects_end(tmp_path: Path) -> None:
    effects, http = _effects([_redirect("/again")] * 20)
    assert "redirects" in str(_save(effects, "https://cdn.example/v", tmp_path).failure())
    assert len(http.requests) == 6


@pytest.mark.parametrize("target", ["ftp://other.example/b", "", "file:///etc/passwd", "http://["])
def test_a_redirect_to_something_else_is_an_error(target: str, tmp_path: Path) -> None:
    effects, http = _effects([_redirect(target)])
    assert isinstance(_save(effects, "https://cdn.example/v", tmp_path).failure(), SaveError)
    assert len(http.requests) == 1


def test_a_private_server_may_lead_to_another_one(tmp_path: Path) -> None:
    # given a server in the user's own network
    effects, _ = _effects([_redirect("http://10.0.0.2/b.mp4")])
    assert _save(effects, "http://10.0.0.1/v", tmp_path).unwrap().path is not None


def test_a_user_s_own_private_server_may_answer_with_public_urls_that_lead_back(
    tmp_path: Path,
) -> None:
    # given a config whose base_url is a private address
    effects, _ = _effects([_redirect("http://10.0.0.2/b.mp4")])
    saved = _save(effects, "https://cdn.example/v", tmp_path, private=True)
    assert saved.unwrap().path is not None


def test_behind_a_proxy_only_literal_addresses_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a proxy that resolves the names
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    effects, _ = _effects([_redirect("https://anything.invalid/b.mp4")])
    behind = attrs.evolve(effects, names=live_effects().names)
    assert _save(behind, "https://cdn.example/v", tmp_path).unwrap().path is not None
    effects, _ = _effects([_redirect("https://10.0.0.1/b.mp4")])
    behind = attrs.evolve(effects, names=live_effects().names)
    assert "private" in str(_save(behind, "https://cdn.example/v", tmp_path).failure())


def test_no_name_is_resolved_where_nothing_redirects(tmp_path: Path) -> None:
    # given a resolver that nobody may ask, as in a test without a network
    effects, _ = _effects([])
    alone = attrs.evolve(effects, names=_NoNames())
    assert _save(alone, "https://cdn.example/v", tmp_path).unwrap().path is not None


@attrs.frozen
class _NoNames:
    def addresses(self, host: str) -> IOOutcome[tuple[str, ...]]:
        pytest.fail(f"{host} was resolved")


def test_a_measurement_follows_the_same_rules() -> None:
    effects, http = _effects([_redirect("http://169.254.169.254/")])
    error = block(measure_url("https://cdn.example/v", effects)).failure()
    assert "private network" in error.message
    assert len(http.requests) == 1
