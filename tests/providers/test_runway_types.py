"""The bodies that are sent to Runway against the request types that Runway publishes."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from returns.result import Failure
from tests.support.runway_cases import _MP4, _PNG, _submit
from tests.test_matrix import _VALUES

from tarash.tarash_gateway import ValidationError
from tarash.tarash_gateway.catalog.rows import Length, ModelRow
from tarash.tarash_gateway.http.messages import JsonBody
from tarash.tarash_gateway.providers.runway.models import ENDPOINTS

_PUBLISHED: Final[Mapping[str, Mapping[str, Any]]] = json.loads(
    Path(__file__).with_name("runway_types.json").read_text("utf-8")
)["types"]
_CASES: Final = pytest.mark.parametrize(
    ("endpoint", "model"),
    [(endpoint, model) for endpoint, models in _PUBLISHED.items() for model in models],
)
_JSON: Final[Mapping[str, tuple[type, ...]]] = {
    "<number>": (int, float),
    "<string>": (str,),
    "<boolean>": (bool,),
    "<array>": (list,),
    "<object>": (dict,),
}
# Shortest and longest: docs.dev.runwayml.com/openapi.json, as clients that read it or probed the
# API state it, 2026-08 to 2026-10.
_LENGTHS: Final = {
    "gen4.5": (2, 10),
    "gen4_turbo": (2, 10),
    "gemini_omni_flash": (3, 10),
    "gemini_omni_flash_1.1": (3, 10),
    "happyhorse_1_0": (3, 15),
    "seedance2": (4, 15),
    "seedance2_fast": (4, 15),
    "seedance2_mini": (4, 15),
    "seedance2_5": (4, 30),
    "hailuo3": (5, 15),
    "h3_max": (5, 15),
    "wan3": (2, 30),
    "wan3_prime": (2, 30),
    "grok_imagine_1_5": (1, 15),
    "grok_imagine_1_5_lite": (1, 15),
    "kling3.0_standard": (3, 15),
    "klingO3_pro": (3, 15),
}


def _least(row: ModelRow) -> dict[str, Any]:
    return {
        "image_list": [
            {"image": _PNG, "type": slot.roles[0]} for slot in row.images if slot.required
        ],
        "video": _MP4 if row.video is not None and row.video.required else None,
        "extra_params": dict.fromkeys(row.required, "60"),
    }


def _bodies(model: str, endpoint: str) -> Iterator[dict[str, Any]]:
    least = _least(ENDPOINTS[model][endpoint])
    plain = _VALUES.keys() - {"image_list", "video", "extra_params"}
    wishes = [{}, *({name: value} for name in sorted(plain) for value in _VALUES[name])]
    for wish in wishes:
        outcome = _submit(model, **(least | wish))
        if wish and isinstance(outcome, Failure):
            # What the model cannot make is refused before anything is sent.
            assert isinstance(outcome.failure(), ValidationError)
            continue
        request = outcome.unwrap().request
        assert request.url.endswith(f"/v1/{endpoint}")
        assert isinstance(request.body, JsonBody)
        yield request.body.value


@_CASES
def test_a_body_is_one_that_the_type_allows(endpoint: str, model: str) -> None:
    """Names, required ones, enumerations and JSON types."""
    published = _PUBLISHED[endpoint][model]
    for body in _bodies(model, endpoint):
        sent = {name: value for name, value in body.items() if name != "model"}
        assert sent.keys() <= published["fields"].keys()
        assert set(published["required"]) <= sent.keys()
        for name, value in sent.items():
            assert _is_one_of(value, published["fields"][name]), (name, value)


def _is_one_of(value: object, allowed: list[Any]) -> bool:
    kinds = [_JSON[kind] for kind in allowed if kind in _JSON]
    return value in [kind for kind in allowed if kind not in _JSON] or any(
        isinstance(value, kind) and (bool in kind or not isinstance(value, bool)) for kind in kinds
    )


@pytest.mark.parametrize("model", _LENGTHS)
def test_a_length_is_within_the_model_s_bounds(model: str) -> None:
    low, high = _LENGTHS[model]
    rows = [row for row in ENDPOINTS[model].values() if row.length is not None]
    assert rows
    for row in rows:
        assert isinstance(row.length, Length)
        assert (row.length.low, row.length.high) == (low, high)
    endpoint = next(name for name, row in ENDPOINTS[model].items() if row.length is not None)
    for wanted, sent in ((0.5, low), (low, low), (high, high), (99, high)):
        submission = _submit(
            model, duration_seconds=wanted, **_least(ENDPOINTS[model][endpoint])
        ).unwrap()
        assert isinstance(submission.request.body, JsonBody)
        assert submission.request.body.value["duration"] == sent
        assert bool(submission.adjusted) == (wanted != sent)
