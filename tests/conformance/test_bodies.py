"""Every body that a plan makes, against a description that the provider or its client publishes.

``undescribed.json`` names the models that a description does not have, and ``deviations.json`` the
fields about which it and a table disagree; both with the reason.
"""

import re
from pathlib import Path
from typing import Final

import pytest
from tests.support.descriptions import DESCRIPTIONS, Description, faults
from tests.support.published import Entries, about_descriptions, without_description

pytestmark = pytest.mark.slow


_UNDESCRIBED: Final = about_descriptions("undescribed")
_DEVIATIONS: Final = about_descriptions("deviations")


def _known_faults(name: str, model: str) -> set[str]:
    return {e["field"] for e in _DEVIATIONS.get(name, ()) if model in e["models"]}


_CASES: Final = [
    pytest.param(each, model, id=f"{each.name}-{model}")
    for each in DESCRIPTIONS.values()
    for model in each.rows
    if model not in without_description(each.name)
]


@pytest.mark.parametrize(("description", "model"), _CASES)
def test_the_bodies_of_a_model_are_as_described(description: Description, model: str) -> None:
    found: set[str] = set()
    count = 0
    for plan, body in description.plans(model):
        schema = description.find(plan)
        assert schema is not None, f"{model} is not described at {plan.url}"
        found |= faults(schema, body)
        count += 1
    assert count
    assert found == _known_faults(description.name, model)


@pytest.mark.parametrize("description", DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_a_model_without_a_description_is_named(description: Description) -> None:
    named = without_description(description.name)
    assert named <= set(description.rows)
    for model in named:
        plans = [plan for plan, _ in description.plans(model)]
        assert plans
        assert all(description.find(plan) is None for plan in plans), f"{model} is described"


@pytest.mark.parametrize("data", [_UNDESCRIBED, _DEVIATIONS], ids=["undescribed", "deviations"])
def test_what_the_data_name_exists_and_has_a_reason(
    data: Entries,
) -> None:
    assert set(data) <= set(DESCRIPTIONS)
    for name, entries in data.items():
        for entry in entries:
            assert entry["why"].endswith(".")
            assert entry["models"]
            assert set(entry["models"]) <= set(DESCRIPTIONS[name].rows)


def test_the_page_says_how_many_models_are_described() -> None:
    page = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text(encoding="utf-8")
    told = [(int(some), int(all_)) for some, all_ in re.findall(r"\| (\d+) of (\d+) \|", page)]
    counts = {
        name: (len(each.rows) - len(without_description(name)), len(each.rows))
        for name, each in DESCRIPTIONS.items()
    }
    # Of the others, all models are described; Azure's one is named.
    names = [name for name in counts if name in _UNDESCRIBED and not name.startswith("Azure")]
    assert told == [counts[name] for name in names]
    assert counts["Azure OpenAI: types of the Python client"] == (1, 2)
