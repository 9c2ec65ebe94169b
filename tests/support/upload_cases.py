"""For each provider that takes uploads: a request with large media, and the replies to it.

The replies are those of the public references that the modules providers/*/uploads.py name.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
from tests.support import fal_replies as fal

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.catalog.limits import MediaLimits, MediaRules
from tarash.tarash_gateway.http.messages import FormBody, HttpRequest, HttpResponse, encode
from tarash.tarash_gateway.providers.base import Provider
from tarash.tarash_gateway.providers.fal.provider import PROVIDER as FAL_PROVIDER
from tarash.tarash_gateway.providers.google.provider import PROVIDER as GOOGLE_PROVIDER
from tarash.tarash_gateway.providers.replicate.provider import PROVIDER as REPLICATE_PROVIDER
from tarash.tarash_gateway.providers.runway.provider import PROVIDER as RUNWAY_PROVIDER
from tarash.tarash_gateway.testing import json_reply
from tarash.tarash_gateway.values.media import MediaDict

MB: Final = 1_000_000
PIECE: Final = 8 * 1024 * 1024
_MP4: Final = b"\x00\x00\x00\x0cftypmp42\x00\x00\x00\x08mdat"


def png(size: int) -> MediaDict:
    """Return a picture of so many bytes."""
    return {"content": b"\x89PNG\r\n\x1a\n".ljust(size, b"p"), "content_type": "image/png"}


def mp4(size: int) -> MediaDict:
    """Return a video of so many bytes."""
    return {"content": _MP4.ljust(size, b"v"), "content_type": "video/mp4"}


@attrs.frozen(kw_only=True)
class Exchange:
    """One exchange of an upload.

    Attributes:
        method: HTTP method.
        url: Where it goes.
        key: Whether it has the key.
        reply: The reply.
        size: Bytes of the medium in it.
    """

    method: str
    url: str
    key: bool
    reply: HttpResponse
    size: int = 0


@attrs.frozen(kw_only=True)
class Case:
    """A provider with an upload route.

    Attributes:
        provider: Provider id.
        model: A model that takes an image, and one that takes a video; None: it takes none.
        size: Bytes that are too many for a request.
        storage: The exchange that goes to a storage, by its place; None: all go to the provider.
        name: How the provider names the n-th medium, with ``{}`` for n.
        rest: The replies to the submission and after it.
        fields: Further fields of a request with two images.
    """

    provider: str
    model: str
    video_model: str
    size: int
    storage: int | None
    name: str
    rest: tuple[HttpResponse, ...]
    fields: dict[str, Any] = attrs.field(factory=dict)

    def config(self, **changes: Any) -> VideoGenerationConfig:
        """Return a config with a key."""
        fields = {"provider": self.provider, "model": self.model, "api_key": "id:secret-key"}
        return VideoGenerationConfig(**{**fields, "poll_interval": 0.01, **changes})

    @property
    def request(self) -> VideoGenerationRequest:
        """A request with one large picture."""
        return self.requesting(png(self.size))

    @property
    def two(self) -> VideoGenerationRequest:
        """A request with two large pictures."""
        return self.requesting(png(self.size), {"image": png(self.size + 1), "type": "last_frame"})

    def requesting(self, *images: Any) -> VideoGenerationRequest:
        """Return a request with these images."""
        return VideoGenerationRequest(prompt="a kite", image_list=images, **self.fields)

    @property
    def video_request(self) -> VideoGenerationRequest:
        """A request with a large video."""
        return VideoGenerationRequest(prompt="a kite", video=mp4(self.size))

    def exchanges(self, number: int = 1, suffix: str = "png") -> tuple[Exchange, ...]:
        """Return the exchanges that upload the n-th medium."""
        return _EXCHANGES[self.provider](number, suffix, self.size)

    def replies(self, number: int = 1) -> list[HttpResponse]:
        """Return the replies to these exchanges."""
        return [each.reply for each in self.exchanges(number)]


def _fal(number: int, suffix: str, size: int) -> tuple[Exchange, ...]:
    signed = f"https://storage.example.com/b/{number}.{suffix}?X-Goog-Signature=abc"
    named = {"upload_url": signed, "file_url": f"https://v3b.fal.media/files/b/{number}"}
    initiate = "https://rest.fal.ai/storage/upload/initiate?storage_type=gcs"
    return (
        Exchange(method="POST", url=initiate, key=True, reply=json_reply(200, named)),
        Exchange(method="PUT", url=signed, key=False, reply=HttpResponse(status=200), size=size),
    )


def _replicate(number: int, _suffix: str, size: int) -> tuple[Exchange, ...]:
    file = {
        "id": f"file-{number}",
        "name": "image_list-0.png",
        "content_type": "image/png",
        "size": size,
        "urls": {"get": f"https://api.replicate.com/v1/files/file-{number}"},
    }
    url = "https://api.replicate.com/v1/files"
    return (Exchange(method="POST", url=url, key=True, reply=json_reply(201, file), size=size),)


def _runway(number: int, _suffix: str, size: int) -> tuple[Exchange, ...]:
    url = "https://runway-uploads.example.com/"
    slot = {
        "uploadUrl": url,
        "fields": {"key": f"ephemeral/{number}", "policy": "e30="},
        "runwayUri": f"runway://upload-{number}",
    }
    ask = "https://api.dev.runwayml.com/v1/uploads"
    return (
        Exchange(method="POST", url=ask, key=True, reply=json_reply(200, slot)),
        Exchange(method="POST", url=url, key=False, reply=HttpResponse(status=204), size=size),
    )


def _google(number: int, _suffix: str, size: int) -> tuple[Exchange, ...]:
    host = "https://generativelanguage.googleapis.com"
    url = f"{host}/upload/v1beta/files?upload_id=id-{number}&upload_protocol=resumable"
    begun = HttpResponse(status=200, headers={"x-goog-upload-url": url})
    active = HttpResponse(status=200, headers={"x-goog-upload-status": "active"})
    file = {"name": f"files/up{number}", "uri": f"{host}/v1beta/files/up{number}"}
    final = json_reply(200, {"file": file}, {"x-goog-upload-status": "final"})
    pieces = [min(PIECE, size - start) for start in range(0, size, PIECE)]
    return (
        Exchange(method="POST", url=f"{host}/upload/v1beta/files", key=True, reply=begun),
        *(
            Exchange(
                method="POST",
                url=url,
                key=False,
                reply=final if place == len(pieces) else active,
                size=piece,
            )
            for place, piece in enumerate(pieces, 1)
        ),
    )


_EXCHANGES: Final = {
    "fal": _fal,
    "replicate": _replicate,
    "runway": _runway,
    "google": _google,
}
_VIDEO: Final = "https://videos.example.com/kite.mp4"
FAL: Final = Case(
    provider="fal",
    model="fal-ai/kling-video/v2.6/pro/image-to-video",
    video_model="fal-ai/wan/v2.2-a14b/video-to-video",
    size=6 * MB,
    storage=1,
    name="https://v3b.fal.media/files/b/{}",
    rest=tuple(fal.success()),
)
REPLICATE: Final = Case(
    provider="replicate",
    model="kwaivgi/kling-v2.1",
    fields={"resolution": "1080p"},
    video_model="runwayml/gen4-aleph",
    size=MB,
    storage=None,
    name="https://api.replicate.com/v1/files/file-{}",
    rest=(json_reply(201, {"id": "p1", "status": "succeeded", "output": _VIDEO}),),
)
RUNWAY: Final = Case(
    provider="runway",
    model="veo3.1",
    video_model="aleph2",
    size=5 * MB,
    storage=1,
    name="runway://upload-{}",
    rest=(
        json_reply(200, {"id": "17f20503-6c24-4c16-946b-35dbbce2af2f"}),
        json_reply(
            200,
            {
                "id": "17f20503-6c24-4c16-946b-35dbbce2af2f",
                "createdAt": "2026-08-26T06:30:33.796Z",
                "status": "SUCCEEDED",
                "output": [_VIDEO],
            },
        ),
    ),
)
GOOGLE: Final = Case(
    provider="google",
    model="gemini-omni-1.1-flash",
    video_model="gemini-omni-1.1-flash",
    size=15 * MB,
    storage=1,
    name="https://generativelanguage.googleapis.com/v1beta/files/up{}",
    rest=(
        json_reply(
            200,
            {
                "id": "v1_abc",
                "status": "completed",
                "steps": [
                    {
                        "type": "model_output",
                        "content": [
                            {
                                "type": "video",
                                "mime_type": "video/mp4",
                                "data": base64.b64encode(_MP4).decode(),
                            }
                        ],
                    }
                ],
            },
        ),
    ),
)
CASES: Final = (FAL, REPLICATE, RUNWAY, GOOGLE)
WITH_STORAGE: Final = tuple(case for case in CASES if case.storage is not None)


def with_small_limits(provider: Provider) -> Provider:
    """Return the provider with its own exchanges, but with the least of limits."""
    limits = MediaLimits(inline=4, uploaded=10 * MB)
    variant = provider.variant

    def small(config: VideoGenerationConfig, environment: Mapping[str, str]) -> Provider:
        assert variant is not None
        return attrs.evolve(variant(config, environment), media=lambda _: rules)

    rules = MediaRules(images=limits, video=limits)
    if variant is not None:
        return attrs.evolve(provider, variant=small)
    return attrs.evolve(provider, media=lambda _: rules)


def uploaded(request: HttpRequest) -> bytes:
    """Return the bytes of the medium that a request sends."""
    if isinstance(request.body, FormBody):
        *_, file = request.body.parts
        assert file.content is not None
        return file.content if isinstance(file.content, bytes) else b"".join(file.content.chunks())
    return b"" if request.body is None else encode(request.body)[0]


def has_key(request: HttpRequest) -> bool:
    """Tell whether the key is in a request."""
    return "secret-key" in f"{request.credential}{request.headers}{request.url}"


def sent(requests: Sequence[HttpRequest]) -> list[tuple[str, str, bool]]:
    """Return the method and the URL of each request, and whether it has the key."""
    return [(each.method, each.url, has_key(each)) for each in requests]


SMALL: Final = {
    provider.name: with_small_limits(provider)
    for provider in (FAL_PROVIDER, REPLICATE_PROVIDER, RUNWAY_PROVIDER, GOOGLE_PROVIDER)
}
