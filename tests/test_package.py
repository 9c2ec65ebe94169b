"""What importing the package costs, and what it does not do."""

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest
from tests.support import fal_replies as fal

import tarash.tarash_gateway
from tarash.tarash_gateway import ValidationError, generate_video, register_provider, registry
from tarash.tarash_gateway.config import VideoGenerationConfig
from tarash.tarash_gateway.providers.fal import PROVIDER
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects

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
heavy = {"typer", "rich", "av", "vcr", "aiohttp", "google.auth"} & set(sys.modules)
print(sorted(set(seen)), sorted(heavy))
"""


def test_the_import_opens_nothing_and_loads_no_extra() -> None:
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", _PROBE], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[] []"


def test_the_public_names_exist() -> None:
    for name in tarash.tarash_gateway.__all__:
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


def test_an_installed_provider_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("theirs", "tarash.tarash_gateway.providers.fal:PROVIDER", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group else [])
    assert registry.known_providers()["theirs"] is PROVIDER


def test_what_is_no_provider_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="name must be a non-empty string"):
        register_provider(" ", PROVIDER)
    with pytest.raises(ValidationError, match="provider must be a Provider, not 'fal'"):
        register_provider("mine", "fal")  # type: ignore[arg-type]  # the mistake under test
    point = EntryPoint("theirs", "tarash.tarash_gateway.providers.fal:_BASE_URL", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group else [])
    with pytest.raises(ValidationError, match="must name a Provider"):
        registry.known_providers()
