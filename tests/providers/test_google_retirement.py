"""Which of Google's models are refused from which day on."""

from datetime import date, timedelta
from typing import Final

import pytest
from returns.result import Success
from tests.support.google_cases import _GATEWAY, _at, _refused, _submit, _target, _vertex

from tarash.tarash_gateway.providers.google.models import OMNI, OMNI_VERTEX, VEO, VERTEX

# The first day on which Google's own page says that a model is gone, with a key of the Gemini API.
_RETIRED: Final = {
    "veo-2.0-generate-001": date(2026, 6, 30),
    "veo-3.0-generate-001": date(2026, 6, 30),
    "veo-3.0-fast-generate-001": date(2026, 6, 30),
    "veo-3.1-generate-preview": date(2026, 10, 22),
    "veo-3.1-fast-generate-preview": date(2026, 10, 22),
    "veo-3.1-lite-generate-preview": date(2026, 10, 22),
    "gemini-omni-flash-preview": date(2026, 9, 30),
    "gemini-omni-1.1-flash": date(2026, 12, 3),
}
# Likewise on Vertex AI.
_RETIRED_ON_VERTEX: Final = {
    "veo-2.0-generate-001": date(2026, 6, 30),
    "veo-2.0-generate-exp": date(2026, 4, 2),
    "veo-2.0-generate-preview": date(2026, 4, 2),
    "veo-3.0-generate-001": date(2026, 6, 30),
    "veo-3.0-fast-generate-001": date(2026, 6, 30),
    "veo-3.1-generate-preview": date(2026, 4, 2),
    "veo-3.1-fast-generate-preview": date(2026, 4, 2),
}
_DAY: Final = timedelta(days=1)


@pytest.mark.parametrize(("model", "end"), _RETIRED.items())
def test_a_retired_model_is_refused_from_its_day_on_at_google_s_host_only(
    model: str, end: date
) -> None:
    message = _refused(_at(_target(model), end))
    assert message.startswith(f"{model} is no longer offered")
    assert "gemini-omni-1.2-flash" in message
    assert ("on Vertex AI (provider_config={'project': ...})" in message) is model.startswith("veo")
    assert isinstance(_submit(_at(_target(model), end - _DAY)), Success)
    assert isinstance(_submit(_at(_target(model, base_url=_GATEWAY), end)), Success)


@pytest.mark.parametrize(("model", "end"), _RETIRED_ON_VERTEX.items())
def test_a_model_that_vertex_retired_is_refused_in_every_region(model: str, end: date) -> None:
    for location in ("us-central1", "europe-west4", "global", "us"):
        target = _vertex(model, location=location)
        assert "use veo-3.1-generate-001" in _refused(_at(target, end))
        assert isinstance(_submit(_at(target, end - _DAY)), Success)
    elsewhere = _target(model, base_url=_GATEWAY, provider_config={"project": "p"})
    assert isinstance(_submit(_at(elsewhere, end)), Success)


@pytest.mark.parametrize("model", [*VERTEX, *OMNI_VERTEX])
def test_what_google_did_not_date_on_vertex_is_offered_at_any_time(model: str) -> None:
    """A date that others report is a warning, and no refusal."""
    late = _at(_vertex(model), date(2030, 1, 1))
    assert isinstance(_submit(late), Success) is (model not in _RETIRED_ON_VERTEX)


def test_veo_3_1_on_vertex_is_reported_to_end_not_before_its_year_is_over() -> None:
    for model in ("veo-3.1-generate-001", "veo-3.1-fast-generate-001"):
        for row in VERTEX[model].values():
            assert row.retires is not None
            assert (row.retires.on, row.retires.published) == (date(2026, 11, 17), False)


def test_every_end_has_a_public_source() -> None:
    """The plan's warnings quote it."""
    rows = [r for t in (VEO, VERTEX, OMNI, OMNI_VERTEX) for of in t.values() for r in of.values()]
    sources = {row.retires.source for row in rows if row.retires is not None}
    assert all("google" in source or "litellm" in source for source in sources)
    assert all("2026-" in source for source in sources)


def test_no_page_tells_that_vertex_retired_an_omni_model() -> None:
    for model in ("gemini-omni-flash-preview", "gemini-omni-1.1-flash-preview"):
        assert _submit(_vertex(model), resolution="1080p").unwrap().warnings[1:] == ()
    (told,) = _submit(_vertex("gemini-omni-flash-preview"), resolution="4k").unwrap().adjusted
    assert told.startswith("resolution '4k' became '720p'")
