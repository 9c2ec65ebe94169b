"""What providers publish of their models, as data of this project.

It stands in ``tests/providers/*_schema.json``.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

_FOLDER: Final = Path(__file__).parents[1] / "providers"
_CONFORMANCE: Final = Path(__file__).parents[1] / "conformance"
_JSON_TYPES: Final = {"url": "string", "list": "array"}


def fixture(provider: str) -> Mapping[str, Any]:
    """Return a provider's file as it is."""
    return dict(json.loads((_FOLDER / f"{provider}_schema.json").read_text(encoding="utf-8")))


def starred(provider: str) -> dict[str, dict[str, Any]]:
    """Return the fields of each model; the name of a required one ends in a star."""
    sections = [part for part in fixture(provider).values() if isinstance(part, dict)]
    return {model: fields for part in sections for model, fields in part["endpoints"].items()}


def schema_of_fields(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the JSON schema that such fields stand for."""
    return {
        "type": "object",
        "properties": {name.rstrip("*"): _schema_of(kind) for name, kind in fields.items()},
        "required": [name.rstrip("*") for name in fields if name.endswith("*")],
        "additionalProperties": False,
    }


Entries: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]


def about_descriptions(name: str) -> Entries:
    """Return the entries of ``undescribed.json`` or ``deviations.json``, by description."""
    text = (_CONFORMANCE / f"{name}.json").read_text(encoding="utf-8")
    return {key: value for key, value in json.loads(text).items() if key != "legend"}


def without_description(name: str) -> set[str]:
    """Return the models that a description does not have, each for a reason."""
    entries = about_descriptions("undescribed").get(name, ())
    return {model for entry in entries for model in entry["models"]}


def _schema_of(kind: Any) -> Mapping[str, Any]:
    if isinstance(kind, list):
        return {"enum": kind}
    if isinstance(kind, dict):
        bounds = {"from": "minimum", "to": "maximum"}
        return {"type": "number", **{bounds[name]: value for name, value in kind.items()}}
    return {"type": _JSON_TYPES.get(kind, kind)}
