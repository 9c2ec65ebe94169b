"""Every field of the request, for every model of every provider: nothing is dropped silently.

For each pair: the field is in what is sent, or a warning names it, or the request is refused and
the refusal names it. A field whose value was changed on the way is named by a warning as well.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from returns.result import Failure

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.catalog.rows import ModelRow
from tarash.tarash_gateway.exceptions import ValidationError
from tarash.tarash_gateway.http.messages import (
    BytesBody,
    FormBody,
    HttpRequest,
    JsonBody,
    StreamBody,
    encode,
)
from tarash.tarash_gateway.lifecycle.links import provider_of
from tarash.tarash_gateway.outcome import Outcome
from tarash.tarash_gateway.providers.azure_openai import jobs as azure_openai_jobs
from tarash.tarash_gateway.providers.base import Submission, Target
from tarash.tarash_gateway.providers.google import vertex as google_vertex
from tarash.tarash_gateway.registry import BUILT_IN
from tarash.tarash_gateway.values.media import MediaContent
from tarash.tarash_gateway.values.secrets import Secret

_PNG = MediaContent(b"\x89PNG\r\n\x1a\n" + b"0" * 16, "image/png")
_MP4 = MediaContent(b"\x00\x00\x00\x18ftypmp42" + b"0" * 16, "video/mp4")

# Each field with values that hit, miss and lie between what models take.
_VALUES: dict[str, list[Any]] = {
    "duration_seconds": [0.5, 1.0, 4.0, 5.0, 5.5, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 61.0],
    "resolution": ["240p", "480p", "512p", "720p", "768p", "1080p", "4k", "best", "1280x720"],
    "aspect_ratio": ["16:9", "9:16", "1:1", "4:3", "21:9", "2:1", "7:5", "auto", "wide"],
    "generate_audio": [True, False],
    "seed": [0, 1, 2**31 - 1],
    "negative_prompt": ["fog"],
    "enhance_prompt": [True, False],
    "image_list": [
        [{"image": _PNG, "type": role}]
        for role in ("first_frame", "last_frame", "reference", "asset", "style")
    ],
    "video": [_MP4, "https://example.com/a.mp4"],
    "extra_params": [{"some_parameter": 0.25}],
}
# One provider id may stand for several APIs: the settings that choose one, and its models.
_SETTINGS: dict[str, tuple[str, dict[str, Any], Mapping[str, ModelRow]]] = {
    **{name: (name, {}, provider.models) for name, provider in BUILT_IN.items()},
    "vertex": (
        "google",
        {"project": "p", "location": "us-central1"},
        {**google_vertex.VEO.models, **google_vertex.OMNI.models},
    ),
    "azure-openai-jobs": ("azure-openai", {"video_api": "jobs"}, azure_openai_jobs.MODELS),
}
_MODELS = [
    pytest.param(name, model, id=f"{name}:{model}")
    for name, (_, _, rows) in _SETTINGS.items()
    for model in rows
]


def _target(api: str, model: str) -> Target:
    name, settings, _ = _SETTINGS[api]
    # Not the provider's own host: there, retired models are refused.
    config = VideoGenerationConfig(
        provider=name,
        model=model,
        base_url="https://provider.example",
        provider_config=settings,
    )
    provider = provider_of(config, BUILT_IN, {}).unwrap()
    return Target(provider=provider, config=config, key=Secret("key"))


def _least(row: ModelRow) -> dict[str, Any]:
    """Return the fields without which the model does not work."""
    images = [
        {"image": "https://example.com/needed.png", "type": slot.roles[0]}
        for slot in row.images
        if slot.required
    ]
    video = row.video is not None and row.video.required
    return {
        "prompt": "A drone shot",
        "image_list": images,
        "video": "https://example.com/needed.mp4" if video else None,
        "extra_params": dict.fromkeys(row.required, "needed"),
        **{name: _first(row, name) for name in row.needs},
    }


def _first(row: ModelRow, name: str) -> str:
    choice = {"resolution": row.resolution, "aspect_ratio": row.aspect_ratio}[name]
    assert choice is not None
    return choice.values[0]


def _submit(api: str, model: str, fields: dict[str, Any]) -> Outcome[Submission]:
    target = _target(api, model)
    return target.provider.submit(target, VideoGenerationRequest(**fields))


def _sent(request: HttpRequest) -> Any:
    match request.body:
        case JsonBody(value=value):
            return request.url, json.loads(json.dumps(value))
        case FormBody(parts=parts):
            return request.url, [(part.name, part.value or part.content) for part in parts]
        case BytesBody(content=content):
            return request.url, content
        case StreamBody():
            return request.url, encode(request.body)
        case None:
            return request.url, None


def _cases() -> Iterator[tuple[str, Any]]:
    for name, values in _VALUES.items():
        for value in values:
            yield name, value


def _is_the_default(bare: Submission, name: str, value: object) -> bool:
    """Tell whether the model is asked for the value even when the caller leaves it open."""
    default = {
        "duration_seconds": bare.duration,
        "resolution": bare.resolution,
        "aspect_ratio": bare.aspect_ratio,
    }.get(name)
    return default is not None and (value == default or _same(default, value))


def _words(name: str) -> tuple[str, ...]:
    return ("some_parameter",) if name == "extra_params" else (name,)


@pytest.mark.parametrize(("api", "model"), _MODELS)
def test_every_field_is_sent_adjusted_with_a_warning_or_refused(api: str, model: str) -> None:
    row = _SETTINGS[api][2][model]
    least = _least(row)
    bare = _submit(api, model, least).unwrap()
    for name, value in _cases():
        fields = {**least, name: value}
        if name == "image_list":
            fields[name] = [*least[name], *value]
        if name == "extra_params":
            fields[name] = {**least[name], **value}
        outcome = _submit(api, model, fields)
        where = f"{name}={value!r}"
        if isinstance(outcome, Failure):
            error = outcome.failure()
            assert isinstance(error, ValidationError), where
            assert any(word in error.message for word in _words(name)), where
            continue
        submission = outcome.unwrap()
        told = [line for line in submission.adjusted if any(w in line for w in _words(name))]
        assert set(told) <= set(submission.warnings), where
        sent = _sent(submission.request) != _sent(bare.request)
        assert told or sent or _is_the_default(bare, name, value), where


@pytest.mark.parametrize(("api", "model"), _MODELS)
def test_a_value_that_was_changed_is_told(api: str, model: str) -> None:
    row = _SETTINGS[api][2][model]
    for name, read in (
        ("duration_seconds", "duration"),
        ("resolution", "resolution"),
        ("aspect_ratio", "aspect_ratio"),
    ):
        for value in _VALUES[name]:
            outcome = _submit(api, model, {**_least(row), name: value})
            if isinstance(outcome, Failure):
                continue
            submission = outcome.unwrap()
            taken = getattr(submission, read)
            told = any(line.startswith(name) for line in submission.adjusted)
            frames = read == "duration" and taken is not None and abs(taken - value) < 0.05
            assert told or frames or str(taken).lower() == str(value).lower() or _same(taken, value)


def _same(taken: object, value: object) -> bool:
    # 720p and 1280x720, 2160p and 4k are the same wish.
    names = {"1280x720": "720p", "4k": "2160p", "2160p": "4k"}
    return names.get(str(value)) == taken
