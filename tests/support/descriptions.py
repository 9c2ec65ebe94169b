"""Published descriptions of requests, each with the models of ours that it may describe."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any, Final, TypeAlias, get_args

import attrs
import jsonschema
from google.genai._gaos.types.interactions.createmodelinteraction import (
    CreateModelInteractionParam,
)
from openai.types import (
    video_create_params,
    video_edit_params,
    video_extend_params,
    video_remix_params,
)
from tests.support import strangers
from tests.support.pictures import png
from tests.support.published import schema_of_fields, starred
from tests.support.runway_unions import UNIONS
from tests.support.sdk_schemas import Schema, schema_of
from tests.support.spread import PROBES, Media, spread

from tarash.tarash_gateway import (
    TarashException,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoPlan,
    plan_video,
)
from tarash.tarash_gateway.catalog.rows import ModelRow
from tarash.tarash_gateway.effects import Effects
from tarash.tarash_gateway.providers.azure_openai.provider import PROVIDER as AZURE
from tarash.tarash_gateway.providers.fal.models import MODELS as FAL
from tarash.tarash_gateway.providers.google.models import OMNI, OMNI_VERTEX
from tarash.tarash_gateway.providers.openai.models import MODELS as OPENAI
from tarash.tarash_gateway.providers.replicate.models import MODELS as REPLICATE
from tarash.tarash_gateway.providers.runway.models import ENDPOINTS
from tarash.tarash_gateway.testing import FakeClock, fake_effects
from tarash.tarash_gateway.values.media import MediaContent

Find: TypeAlias = Callable[[VideoPlan], Schema | None]
_SERVER: Final = "https://videos.example.com/v1"
_PNG_URL: Final = "https://example.com/kite.png"
_MP4_URL: Final = "https://example.com/kite.mp4"
_PNG: Final = MediaContent(png(1280, 720), "image/png")
# A day on which most models that are retired by now still were offered.
_EARLY: Final = datetime(2025, 6, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Description:
    """A description that somebody publishes, and what of ours it is compared with.

    Attributes:
        name: Its name in the data files.
        config: The config of each model, without the model.
        rows: The rows of each model, for what the model requires.
        find: Returns the schema of a planned request, or None where there is none.
        image: An image in a form that the provider takes.
        video: The same for a video.
    """

    name: str
    config: VideoGenerationConfig
    rows: Mapping[str, tuple[ModelRow, ...]]
    find: Find
    image: Media = _PNG_URL
    video: Media = _MP4_URL

    def plans(self, model: str) -> Iterator[tuple[VideoPlan, Any]]:
        """Return the plans for the spread of requests that differ, each with its body."""
        config = attrs.evolve(self.config, model=model)
        effects = fake_effects(clock=FakeClock(utc=_EARLY))
        seen = set()
        for requests in spread(self.image, self.video, self._extra(config)):
            plans = [_planned(config, request, effects) for request in requests[:PROBES]]
            if not any(plans):
                # The model cannot start from this, whatever else is asked for.
                continue
            rest = (_planned(config, request, effects) for request in requests[PROBES:])
            for plan in chain(plans, rest):
                if plan is None:
                    continue
                body = _body(plan)
                place = f"{plan.url} {json.dumps(body, sort_keys=True)}"
                if place not in seen:
                    seen.add(place)
                    yield plan, body

    def _extra(self, config: VideoGenerationConfig) -> Mapping[str, Any]:
        """Return a value for each parameter without which the model cannot be asked."""
        names = {name for row in self.rows[config.model] for name in row.required}
        if not names:
            return {}
        plan = VideoPlan(
            provider=config.provider, model=config.model, method="POST", url="", headers={}
        )
        fields = (self.find(plan) or {}).get("properties", {})
        return {name: _example(fields.get(name, {})) for name in names}


def _planned(
    config: VideoGenerationConfig, request: VideoGenerationRequest, effects: Effects
) -> VideoPlan | None:
    """Return the plan, or None: what the model cannot make is refused before anything is sent."""
    try:
        return plan_video(config, request, effects=effects)
    except TarashException:
        return None


def _body(plan: VideoPlan) -> Any:
    if plan.provider == "replicate":
        # A prediction's envelope is the same for all models.
        return plan.body["input"]
    if plan.parts is None:
        return plan.body
    # A file stands as a text, as it does in the descriptions of types.
    return {part.name: part.value or part.filename for part in plan.parts}


def _example(schema: Schema) -> Any:
    """Return a value that a schema allows: a URL where it is any text."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0])
    kinds = {"number": 1, "integer": 1, "boolean": True, "array": [], "object": {}}
    return kinds.get(schema.get("type", "string"), "https://example.com/kite.mp3")


def faults(schema: Schema, body: Any) -> set[str]:
    """Return the names of a body's fields that a schema does not allow, or that it misses."""
    found = set()
    for error in jsonschema.Draft202012Validator(schema).iter_errors(body):
        if error.absolute_path:
            found.add(str(error.absolute_path[0]))
        elif error.validator == "additionalProperties":
            found |= body.keys() - error.schema.get("properties", {}).keys()
        else:
            found.add(error.message)
    return found


def _one(rows: Mapping[str, ModelRow]) -> Mapping[str, tuple[ModelRow, ...]]:
    return {model: (row,) for model, row in rows.items()}


def _config(provider: str, **more: Any) -> VideoGenerationConfig:
    fields = {"api_key": "k-1", "unsupported": "adapt", **more}
    return VideoGenerationConfig(provider=provider, model="any", **fields)


# fal, and Replicate.


def _of_fields(provider: str) -> Find:
    schemas = {model: schema_of_fields(fields) for model, fields in starred(provider).items()}
    return lambda plan: schemas.get(plan.model)


@cache
def _fal_types() -> Mapping[str, Any]:
    text = (strangers.needed("fal") / "endpoints.json").read_text(encoding="utf-8")
    definitions: Mapping[str, Any] = json.loads(text)["definitions"]
    return definitions


def _of_fal_s_client(plan: VideoPlan) -> Schema | None:
    definitions = _fal_types()
    endpoint = definitions["EndpointTypeMap"]["properties"].get(plan.model)
    if endpoint is None:
        return None
    given = _resolved(endpoint, definitions)["properties"]["input"]
    return {**_resolved(given, definitions), "definitions": definitions}


def _resolved(schema: Schema, definitions: Mapping[str, Any]) -> Schema:
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return schema


# OpenAI's dialect.

_OF_OPENAI: Final = {
    "videos": schema_of(video_create_params.VideoCreateParams),
    "edits": schema_of(video_edit_params.VideoEditParams),
    "extensions": schema_of(video_extend_params.VideoExtendParams),
    "remix": schema_of(video_remix_params.VideoRemixParams),
}


def _of_openai_s_client(plan: VideoPlan) -> Schema | None:
    return _OF_OPENAI.get(plan.url.partition("?")[0].rpartition("/")[2])


# Runway.


@cache
def _runway_types() -> Mapping[tuple[str, str], Schema]:
    found = {}
    for endpoint, union in UNIONS.items():
        for shape in get_args(union) or (union,):
            schema = schema_of(shape)
            (model,) = schema["properties"]["model"]["enum"]
            found[endpoint, model] = schema
    return found


def _of_runway_s_client(plan: VideoPlan) -> Schema | None:
    endpoints = [plan.url.rpartition("/")[2]] if plan.url else sorted(ENDPOINTS[plan.model])
    schemas = (_runway_types().get((endpoint, plan.model)) for endpoint in endpoints)
    return next((schema for schema in schemas if schema is not None), None)


# Google.


def _omni(table: Mapping[str, Any]) -> Mapping[str, tuple[ModelRow, ...]]:
    return {model: tuple(rows.values()) for model, rows in table.items()}


_INTERACTION: Final = schema_of(CreateModelInteractionParam)

DESCRIPTIONS: Final = {
    each.name: each
    for each in (
        Description(
            name="fal: types of the JavaScript client",
            config=_config("fal"),
            rows=_one(FAL),
            find=_of_fal_s_client,
        ),
        Description(
            name="fal: schema", config=_config("fal"), rows=_one(FAL), find=_of_fields("fal")
        ),
        Description(
            name="Replicate: schema",
            config=_config("replicate"),
            rows=_one(REPLICATE),
            find=_of_fields("replicate"),
        ),
        Description(
            name="OpenAI: types of the Python client",
            config=_config("openai", base_url=_SERVER),
            rows=_one(OPENAI),
            find=_of_openai_s_client,
            image=_PNG,
            video=f"{_SERVER}/videos/video_1",
        ),
        Description(
            name="Azure OpenAI: types of the Python client",
            config=_config("azure-openai", base_url="https://r.openai.azure.com"),
            rows=_one(AZURE.models),
            find=_of_openai_s_client,
            image=_PNG,
        ),
        Description(
            name="Runway: types of the Python client",
            config=_config("runway"),
            rows={model: tuple(rows.values()) for model, rows in ENDPOINTS.items()},
            find=_of_runway_s_client,
        ),
        Description(
            name="Gemini Omni: types of the Python client",
            config=_config("google"),
            rows=_omni(OMNI),
            find=lambda _plan: _INTERACTION,
            image=_PNG,
        ),
        Description(
            name="Gemini Omni on Vertex AI: types of the Python client",
            config=_config(
                "google", api_key=None, provider_config={"project": "p", "location": "global"}
            ),
            rows=_omni(OMNI_VERTEX),
            find=lambda _plan: _INTERACTION,
            image=_PNG,
            video="gs://bucket/kite.mp4",
        ),
    )
}
