"""What importing the package costs, and what it does not do."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from tests.support import fal_replies as fal

import tarash.tarash_gateway
from tarash.tarash_gateway import (
    ValidationError,
    functional,
    generate_video,
    register_provider,
    registry,
)
from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.outcome import result_of
from tarash.tarash_gateway.providers.base import Job, Target
from tarash.tarash_gateway.providers.fal.provider import PROVIDER
from tarash.tarash_gateway.providers.unusable import broken
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects
from tarash.tarash_gateway.values.config import VideoGenerationConfig
from tarash.tarash_gateway.values.secrets import Secret

# What the audit hooks call a contact with the world: sockets, and files opened to be written.
_PROBE = """
import sys
seen = []
def hook(event, args):
    if event.startswith("socket.") or event in {"os.mkdir", "subprocess.Popen"}:
        seen.append(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        seen.append(event)
sys.dont_write_bytecode = True
sys.addaudithook(hook)
from tarash.tarash_gateway import generate_video
heavy = {"typer", "rich", "av", "c2pa", "vcr", "aiohttp", "google.auth"} & set(sys.modules)
print(sorted(set(seen)), sorted(heavy))
"""


def test_the_import_opens_nothing_and_loads_no_extra() -> None:
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _PROBE], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[] []"


def test_the_public_names_exist() -> None:
    for name in vars(tarash.tarash_gateway)["__all__"]:
        assert hasattr(tarash.tarash_gateway, name)


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_REGISTERED", {})
    registry._installed.cache_clear()


def test_a_registered_provider_is_used() -> None:
    register_provider("mine", PROVIDER)
    config = VideoGenerationConfig(provider="mine", model="fal-ai/veo3", api_key="k")
    effects = fake_effects(http=ScriptedHttp(fal.success()))
    assert generate_video(config, fal.REQUEST, effects=effects).video == fal.URL


def test_a_provider_can_come_with_the_call() -> None:
    config = VideoGenerationConfig(provider="mine", model="fal-ai/veo3", api_key="k")
    effects = fake_effects(http=ScriptedHttp(fal.success()))
    response = generate_video(config, fal.REQUEST, effects=effects, providers={"mine": PROVIDER})
    assert response.video == fal.URL


def _install(monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    """Let packages offer these, by name."""
    offered = [EntryPoint(name, value, registry.GROUP) for name, value in points.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: offered if group else [])


def test_an_installed_provider_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, theirs="tarash.tarash_gateway.providers.fal.provider:PROVIDER")
    assert registry.known_providers()["theirs"] is PROVIDER


def test_an_installed_handler_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "kites.py").write_text(
        "class Kite:\n"
        "    def generate_video(self, config, request, on_progress=None): ...\n"
        "    async def generate_video_async(self, config, request, on_progress=None): ...\n"
        "KITE = Kite()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    _install(monkeypatch, theirs="kites:KITE")
    assert registry.known_providers()["theirs"].name == "theirs"


def test_what_is_no_provider_is_refused() -> None:
    with pytest.raises(ValidationError, match="name must be a non-empty string"):
        register_provider(" ", PROVIDER)
    with pytest.raises(ValidationError, match="name must be a non-empty string, not 3"):
        register_provider(3, PROVIDER)  # type: ignore[arg-type]  # the mistake under test
    wanted = r"provider must be a Provider, or an object \(not a class\) with the methods"
    for wrong in ("fal", type("Kite", (), {"generate_video": print}), object(), None):
        with pytest.raises(ValidationError, match=wanted):
            register_provider("mine", wrong)  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (None, "cannot be loaded: ModuleNotFoundError"),
        ("raise RuntimeError('the licence is over')", "RuntimeError: the licence is over"),
        ("import sys; sys.exit(3)", "cannot be loaded: SystemExit: 3"),
        ("PROVIDER = 'https://kite.example'", "is 'https://kite.example', not a Provider"),
        ("x = 1", "cannot be loaded: AttributeError"),
    ],
)
def test_a_broken_package_breaks_its_own_provider_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str | None, words: str
) -> None:
    # given a package whose provider cannot be used
    if code is not None:
        (tmp_path / "broken_kites.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "broken_kites", raising=False)
    _install(monkeypatch, theirs="broken_kites:PROVIDER")
    # then calls to others go on as ever, without running its code
    config = VideoGenerationConfig(provider="fal", model="fal-ai/veo3", api_key="k")
    effects = fake_effects(http=ScriptedHttp(fal.success()))
    assert generate_video(config, fal.REQUEST, effects=effects).video == fal.URL
    assert "broken_kites" not in sys.modules
    # and who asks for it learns which package to mend, before anything is sent or raised
    theirs = VideoGenerationConfig(provider="theirs", model="m", fallback_configs=[config])
    for outcome in (
        functional.generate_video(theirs, fal.REQUEST, effects=fake_effects()),
        functional.plan_video(theirs, fal.REQUEST, effects=fake_effects()),
    ):
        error = result_of(outcome).failure()
        assert isinstance(error, ValidationError)
        assert "provider 'theirs' is installed (entry point 'broken_kites:PROVIDER'" in str(error)
        assert words in str(error)
    # and it is not loaded again at each call
    assert registry.known_providers()["theirs"] is registry.known_providers()["theirs"]


def test_a_broken_provider_fails_wherever_it_is_called() -> None:
    provider = broken("theirs", "it is broken")
    target = Target(provider=provider, config=VideoGenerationConfig(provider="theirs", model="m"))
    reply = HttpResponse(status=200)
    assert provider.submit(target, fal.REQUEST).failure().message == "it is broken"
    assert provider.accepted(target, reply).failure().message == "it is broken"
    assert provider.polled(target, Job(id="1"), reply).failure().message == "it is broken"
    assert provider.failure(target, reply, "poll").error.message == "it is broken"
    assert provider.authenticate(Secret("k")) == {}
    assert provider.poll(target, Job(id="1")).url == ""
