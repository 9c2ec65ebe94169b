"""Bodies of OpenAI's dialect: JSON, or a form.

OpenAI takes both to create a video. It gets JSON unless there are bytes to upload, which need a
form. Other servers are built for the official client, which always sends a form: vLLM-Omni takes
nothing else.

Source: openai/openai-openapi, openapi.yaml (2026-08-21), ``CreateVideo*`` (both bodies; an image as
``{"image_url": ...}``); openai-python 3.54.0 (the form on the wire); read on 2026-11-26:
vllm-project/vllm-omni 0.30.0, vllm_omni/entrypoints/openai/video/generation/helpers.py (forms only,
with JSON texts in them; ``image_reference``); sgl-project/sglang 0.5.23,
sglang/multimodal_gen/runtime/entrypoints/openai/video_api.py (both; ``reference_url``);
BerriAI/litellm 1.110.2, litellm/proxy/video_endpoints/endpoints.py (both; files only).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

import attrs

from ...http.messages import FormBody, FormPart, HttpRequest, JsonBody
from ...values.media import Media, MediaContent, as_url

_KIND: Final = re.compile(r"\w+/([\w.+-]+)", re.ASCII)
IMAGE: Final = "input_reference"
BodyForm: TypeAlias = Literal["json", "form"]
Files: TypeAlias = Sequence[FormPart]
UrlForm: TypeAlias = Literal["object", "text", "reference_url", "image_reference"]


@attrs.frozen(kw_only=True)
class Manner:
    """How a server takes the request that creates a video.

    Attributes:
        body: The form of the body, or None to choose it by the fields.
        image_url: How the server takes an image's URL: as OpenAI's object ``{"image_url": ...}``,
            as the text of ``input_reference``, or in a field of its own. None means that the
            config does not say.
        is_foreign: Whether the server is not OpenAI's.
    """

    body: BodyForm | None = None
    image_url: UrlForm | None = None
    is_foreign: bool = False

    def encode(self, media: Media) -> Any:
        """Return an image as the value of a field: bytes unchanged, a URL as an object."""
        is_file = isinstance(media, MediaContent) and self.body != "json"
        return media if is_file else {"image_url": as_url(media)}

    def sends_form(self, fields: Mapping[str, Any]) -> bool:
        """Tell whether fields without a file go as a form. An image object needs JSON."""
        if self.body is not None:
            return self.body == "form"
        return self.is_foreign and not isinstance(fields.get(IMAGE), Mapping)

    def with_image(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields with the image's URL in the field that the server reads."""
        rest = dict(fields)
        image = rest.pop(IMAGE, None)
        if self.image_url in {None, "object"} or not isinstance(image, dict):
            return dict(fields)
        if self.image_url == "image_reference":
            # A form's fields are texts, and the server parses this one as JSON.
            return {**rest, self.image_url: json.dumps(image) if self.sends_form(rest) else image}
        name = "reference_url" if self.image_url == "reference_url" else IMAGE
        return {**rest, name: image["image_url"]}

    def notes(self, fields: Mapping[str, Any]) -> tuple[str, ...]:
        """Return warnings about fields that a server other than OpenAI's may refuse."""
        if not self.is_foreign:
            return ()
        image = fields.get(IMAGE)
        is_object = self.image_url is None and isinstance(image, Mapping) and "image_url" in image
        nested = tuple(
            f"{name} is sent as fields of a form ({name}[...]), as the official client does: for a "
            "server that expects JSON text, pass json.dumps(...) in extra_params"
            for name, value in fields.items()
            if name != IMAGE and isinstance(value, dict | list) and self.sends_form(fields)
        )
        return ((_OBJECT_NOTE,) if is_object else ()) + nested


_OBJECT_NOTE: Final = (
    'the image is sent as OpenAI\'s object {"image_url": ...}, which vLLM-Omni, SGLang and LiteLLM '
    "refuse: pass the image as bytes or a file, or set provider_config['image_url'] to "
    '"image_reference" (vLLM-Omni), "reference_url" (SGLang), "text", or "object" to keep this form'
)


def file_part(name: str, content: MediaContent) -> FormPart:
    """Return the part of a file, with the name and the type that a server needs to see a file.

    >>> file_part("video", MediaContent(b"0", "video/mp4")).filename
    'video.mp4'
    """
    kind = _KIND.fullmatch(content.content_type)
    return FormPart(
        name=name,
        filename=f"{name}.{kind[1] if kind else 'bin'}",
        content_type=content.content_type if kind else "application/octet-stream",
        content=content.content,
    )


def as_form(request: HttpRequest, files: Files) -> HttpRequest:
    """Return the request with its JSON fields and the files as a form."""
    fields = request.body.value if isinstance(request.body, JsonBody) else {}
    texts = [part for name, value in fields.items() for part in _texts(name, value)]
    return attrs.evolve(request, body=FormBody(parts=(*texts, *files)))


def _texts(name: str, value: Any) -> Iterator[FormPart]:
    """Yield the parts of a JSON value. Lists and objects become brackets in the name.

    >>> [(part.name, part.value) for part in _texts("a", [{"b": 1}, {"b": True}])]
    [('a[][b]', '1'), ('a[][b]', 'true')]
    """
    match value:
        case dict():
            for key, inner in value.items():
                yield from _texts(f"{name}[{key}]", inner)
        case list():
            for inner in value:
                yield from _texts(f"{name}[]", inner)
        case bool():
            yield FormPart(name=name, value="true" if value else "false")
        case None:
            yield FormPart(name=name, value="")
        case _:
            yield FormPart(name=name, value=str(value))
