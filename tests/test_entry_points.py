"""The names and signatures of the entry points, as their users see them."""

import asyncio
import inspect
import pickle
import re
from typing import Any, get_type_hints

import pytest

from tarash import tarash_gateway
from tarash.tarash_gateway import (
    TarashException,
    VideoGenerationResponse,
    api,
    choosing,
    configs,
    functional,
    reconciling,
    webhooks,
)
from tarash.tarash_gateway.outcome import result_of

_PLACE = "str | PathLike[str]"
_EFFECTS = "effects: Effects | None = None"
_WORLD = f"{_EFFECTS}, providers: Mapping[str, Provider] | None = None"
_JOURNAL = f"{_WORLD}, journal: Journal | None = None"
_INTERRUPT = f"{_JOURNAL}, on_interrupt: Literal['keep', 'cancel'] = 'keep'"
_SUBMIT = f"{_INTERRUPT}, key: str | None = None"
_FILE = "overwrite: bool = False, download_timeout: float | None = None"
_DELIVERY = f"save_to: str | PathLike[str] | None = None, {_FILE}, measure: bool = True"
_RESPONSE = "response: VideoGenerationResponse, path: str | PathLike[str]"
_CONFIG = "config: VideoGenerationConfig | None = None"
_PROGRESS = (
    "on_progress: Union[Callable[[VideoGenerationUpdate], Awaitable[None] | None], Literal['bar'], "
    "NoneType] = None"
)
_RECONCILE = "forget: bool = False, job: str | None = None"
_REQUEST = "config: VideoGenerationConfig | str, request: VideoGenerationRequest | str"
_CANCELLATION = (
    "Literal['confirmed', 'charged', 'left_running', 'too_late', 'unsupported', 'failed']"
)
_MESSAGE = "headers: Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]], body: bytes"
_KEYS = "keys: WebhookKeys | None = None"
_AWAIT = (
    f"{_PROGRESS}, {_DELIVERY}, {_WORLD}, on_interrupt: Literal['keep', 'cancel'] = 'keep', "
    "poll_every: float = 60, timeout: float | None = None"
)
_TEXT = "str | None = None"
_ROLES = "Literal['first_frame', 'last_frame', 'reference', 'asset', 'style']"
_MEDIA = f"image: Union[bool, {_ROLES}, NoneType] = None, video: bool | None = None"
_SHAPE = (
    "seconds: float | None = None, "
    "resolution: Union[Literal['360p', '480p', '720p', '1080p', '4k'], str, NoneType] = None, "
    "aspect_ratio: Union[Literal['16:9', '9:16', '1:1', '4:3', '21:9'], str, NoneType] = None"
)
_FLAGS = ", ".join(
    f"{name}: bool | None = None" for name in ("audio", "seed", "negative_prompt", "enhance_prompt")
)
_FURTHER = "providers: Mapping[str, Provider] | None = None, effects: Effects | None = None"
_VERBS = {
    "list_models": (
        f"provider: {_TEXT}, *, {_MEDIA}, {_SHAPE}, {_FLAGS}, retired: bool = False, {_FURTHER}",
        "tuple[ModelInfo, ...]",
    ),
    "list_providers": (f"*, {_FURTHER}", "tuple[ProviderInfo, ...]"),
    "receive_webhook": (f"provider: str, {_MESSAGE}, *, {_JOURNAL}, {_KEYS}", "Webhook"),
    "generate_video": (
        f"{_REQUEST}, {_PROGRESS}, *, {_DELIVERY}, {_SUBMIT}",
        "VideoGenerationResponse",
    ),
    "start_video": (f"{_REQUEST}, *, {_SUBMIT}", "VideoGeneration"),
    "resume_video": (
        f"generation: VideoGeneration, *, {_CONFIG}, {_PROGRESS}, {_DELIVERY}, {_INTERRUPT}",
        "VideoGenerationResponse",
    ),
    "save_video": (
        f"{_RESPONSE}, *, {_CONFIG}, {_PROGRESS}, {_FILE}, {_WORLD}, max_bytes: int | None = None",
        "VideoGenerationResponse",
    ),
    "check_video": (f"generation: VideoGeneration, *, {_CONFIG}, {_JOURNAL}", "VideoGeneration"),
    "cancel_video": (f"generation: VideoGeneration, *, {_CONFIG}, {_JOURNAL}", _CANCELLATION),
    "reconcile_video": (
        f"entry: JournalEntry | VideoGeneration, *, {_CONFIG}, {_JOURNAL}, {_RECONCILE}",
        "Reconciliation",
    ),
    "list_configs": (f"path: {_PLACE}, *, {_EFFECTS}", "tuple[str, ...]"),
    "load_config": (
        f"path: {_PLACE}, name: str | None = None, *, {_EFFECTS}",
        "VideoGenerationConfig",
    ),
    "pending_videos": ("journal: Journal", "tuple[JournalEntry, ...]"),
    "wait_for_webhook": (
        f"generation: VideoGeneration, journal: Journal, *, {_CONFIG}, {_AWAIT}",
        "VideoGenerationResponse",
    ),
    "plan_video": (f"{_REQUEST}, *, {_WORLD}", "VideoPlan"),
    "fingerprint_video": (f"{_REQUEST}, *, {_WORLD}", "str"),
}
# These only read files, tables and variables, and have no asyncio form.
_BLOCKING_ONLY = {
    *("list_configs", "list_models", "list_providers", "load_config", "pending_videos"),
    *("fingerprint_video", "plan_video"),
}
# A batch is an iterator, and no result.
_BATCHES = ["generate_videos", "generate_videos_async"]
# What touches nothing has no asyncio form, and a Result.
_PURE = ["verify_webhook"]
_NAMES = sorted([*_VERBS, *(f"{name}_async" for name in _VERBS.keys() - _BLOCKING_ONLY)])
_FACES = [(module, name) for module in (api, functional) for name in _NAMES]
_every_face = pytest.mark.parametrize(
    ("module", "name"), _FACES, ids=lambda value: getattr(value, "__name__", value)
)
_PREFIX = re.compile(r"\b(?:\w+\.)+(?=\w)")


def test_each_module_offers_every_verb() -> None:
    names = sorted([*_NAMES, *_BATCHES, *_PURE])
    assert sorted(api.__all__) == sorted(functional.__all__) == names
    assert all(getattr(tarash_gateway, name) is getattr(api, name) for name in names)


def test_what_is_pure_has_one_signature_in_both_modules() -> None:
    raising, returning = api.verify_webhook, functional.verify_webhook
    shown, other = (inspect.signature(face) for face in (raising, returning))
    assert shown.parameters == other.parameters
    assert str(shown.return_annotation).endswith("WebhookEvent'>")
    assert _PREFIX.sub("", str(other.return_annotation)) == "Result[WebhookEvent, TarashException]"
    assert get_type_hints(raising)["return"] is shown.return_annotation
    assert "Raises:" in (raising.__doc__ or "")
    assert returning.__doc__ == (
        "Return what `tarash.tarash_gateway.verify_webhook` returns, or the error that it raises."
    )


@_every_face
def test_a_signature_is_exact(module: Any, name: str) -> None:
    # given the parameters and the result of the verb
    parameters, result = _VERBS[name.removesuffix("_async")]
    if module is functional:
        kind = "FutureResult" if name.endswith("_async") else "IOResult"
        result = f"{kind}[{result}, TarashException]"
    # then the face shows them, and none of its own
    signature = inspect.signature(getattr(module, name))
    assert _PREFIX.sub("", str(signature)) == f"({parameters}) -> {result}"
    # and the hints say the same
    hints = get_type_hints(getattr(module, name))
    assert hints.pop("return") == signature.return_annotation
    assert hints == {key: value.annotation for key, value in signature.parameters.items()}


@_every_face
def test_a_face_is_an_ordinary_function(module: Any, name: str) -> None:
    face = getattr(module, name)
    # Modules that are loaded when they are asked for have the faces of some verbs.
    late = {
        "list": choosing,
        "list_configs": configs,
        "load": configs,
        "receive": webhooks,
        "reconcile": reconciling,
        "wait": webhooks,
    }
    first = name.split("_", maxsplit=1)[0]
    place = late.get(name, late.get(first, module)) if module is api else module
    assert (face.__module__, face.__qualname__) == (place.__name__, name)
    assert pickle.loads(pickle.dumps(face)) is face  # noqa: S301 - our own bytes
    assert name.removesuffix("_async") in face.__doc__ or module is api
    assert "{}" not in face.__doc__
    awaited = module is api and name.endswith("_async")
    assert inspect.iscoroutinefunction(face) == awaited


@_every_face
def test_a_verb_takes_no_option_of_another(module: Any, name: str) -> None:
    # given an option that exists nowhere, and one that exists for other verbs
    face = getattr(module, name)
    wrong = "on_progress" if "on_progress" not in inspect.signature(face).parameters else "jurnal"
    arguments = [None] * sum(
        parameter.default is parameter.empty
        for parameter in inspect.signature(face).parameters.values()
    )
    words = rf"{name.removesuffix('_async')}\(\) got an unexpected keyword argument '{wrong}'"
    # then the call is refused, in the way of the face
    if (module, name.endswith("_async")) == (functional, False):
        error = result_of(face(*arguments, **{wrong: 3})).failure()
        assert re.search(words, str(error))
        return
    with pytest.raises(TypeError, match=words):
        _run(face(*arguments, **{wrong: 3}))


def _run(outcome: Any) -> None:
    if inspect.iscoroutine(outcome):
        asyncio.run(outcome)


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(TypeError, match=r"generate_video\(\) missing a required argument: 'conf"):
        api.generate_video()  # type: ignore[call-arg]  # the mistake under test
    error = result_of(functional.check_video()).failure()  # type: ignore[call-arg]  # the same mistake
    assert isinstance(error, TarashException)
    assert "check_video() missing a required argument: 'generation'" in str(error)


def test_the_documentation_of_a_verb_describes_each_parameter() -> None:
    documentation = inspect.getdoc(api.generate_video) or ""
    for name in inspect.signature(api.generate_video).parameters:
        assert f"\n    {name}: " in documentation
    assert get_type_hints(api.generate_video)["return"] is VideoGenerationResponse


@pytest.mark.parametrize(
    ("module", "name", "result"),
    [
        (api, "generate_videos", "VideoBatch[BatchItem]"),
        (api, "generate_videos_async", "AsyncVideoBatch[BatchItem]"),
        (functional, "generate_videos", "VideoBatch[IOResult[BatchItem, TarashException]]"),
        (
            functional,
            "generate_videos_async",
            "AsyncVideoBatch[IOResult[BatchItem, TarashException]]",
        ),
    ],
)
def test_a_batch_has_its_exact_signature(module: Any, name: str, result: str) -> None:
    # given the options of a single video, each of which a batch takes too
    of_one = inspect.signature(module.generate_video).parameters
    signature = inspect.signature(getattr(module, name))
    # then those that are the same for all items are the same here
    same = of_one.keys() - {"request", "on_progress", "save_to", "key"}
    assert {key: signature.parameters[key].default for key in same} == {
        key: of_one[key].default for key in same
    }
    assert (
        signature.parameters.keys() - of_one.keys()
        == {
            "requests",
            "max_in_flight",
            "max_failures",
            "key",
        }
        - of_one.keys()
    )
    assert _PREFIX.sub("", str(signature)).endswith(f") -> {result}")
    face = getattr(module, name)
    assert face.__qualname__ == name
    assert pickle.loads(pickle.dumps(face)) is face  # noqa: S301 - our own bytes
    assert "{}" not in face.__doc__


def test_the_documentation_of_a_batch_describes_each_of_its_own_parameters() -> None:
    documentation = inspect.getdoc(api.generate_videos) or ""
    for name in inspect.signature(api.generate_videos).parameters:
        assert f"\n    {name}: " in documentation or f"``{name}``" in documentation
