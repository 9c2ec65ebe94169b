"""The digest of a request and a chain, by which two uses of a submission key are compared: pure."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import attrs

from ..values.config import VideoGenerationConfig
from ..values.files import MediaFile
from ..values.json_forms import brief, plain
from ..values.media import Media, MediaContent
from ..values.request import VideoGenerationRequest, media_of
from .links import chain

# How long and in which way to wait, and how much to take, changes nothing about the video.
_WAITING: Final = frozenset(
    {"timeout", "max_poll_attempts", "poll_interval", "request_timeout", "listen"}
    | {"max_json_bytes", "max_video_bytes", "webhook_url"}
)
# What signed URLs have in their queries, beside names with a signer's prefix. Sources: see
# `providers.expiry`.
_SIGNERS: Final = ("x-amz-", "x-goog-", "x-tos-", "x-oss-")
_SIGNATURES: Final = frozenset(
    {"awsaccesskeyid", "expires", "googleaccessid", "key-pair-id", "policy", "signature"}
    | {"se", "sig", "ske", "skoid", "sks", "skt", "sktid", "skv", "sp", "spr", "sr", "st", "sv"}
    | {"token"}
)


def fingerprint(
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    digests: Mapping[str, str] | None = None,
) -> str:
    """Return the digest, in hexadecimal digits, of what makes a video what it is.

    That is the request with the content of its images and its video, and every config of the chain
    without its limits. Keys and credentials are no part of it, nor is what signs a URL: each may be
    renewed between two calls for the same video. Fields with their default are left out, so that a
    field of a later version does not make another request of every key that a journal has.

    Args:
        config: The chain.
        request: The request, whose files were read.
        digests: The digests of the large files of the request, by what the caller calls them.
    """
    media = {
        place: _medium(medium, (digests or {}).get(place)) for place, medium in media_of(request)
    }
    value = {
        "request": brief(attrs.evolve(request, image_list=(), video=None)),
        "roles": [item.type for item in request.image_list],
        "media": media,
        "chain": [_config(link) for link in chain(config)],
    }
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _config(config: VideoGenerationConfig) -> dict[str, Any]:
    fields = brief(attrs.evolve(config, fallback_configs=None))
    return {name: value for name, value in fields.items() if name not in _WAITING}


def _medium(medium: Media, digest: str | None) -> str:
    match medium:
        case MediaContent(content=content):
            return sha256(content).hexdigest()
        case MediaFile():
            return digest or ""
        case str():
            return unsigned(medium)
        case _:
            return json.dumps(plain(medium), sort_keys=True)


def unsigned(url: str) -> str:
    """Return a URL without what signs it: the same object has another signature every hour.

    >>> unsigned("https://a.example/k.png?X-Amz-Date=20261101T100000Z&X-Amz-Expires=60&id=7")
    'https://a.example/k.png?id=7'
    >>> unsigned("https://a.example/k.png?size=2") == unsigned("https://a.example/k.png?size=3")
    False
    """
    place, _, _ = url.partition("?")
    try:
        query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return url
    kept = [f"{name}={value}" for name, value in query if not _signs(name.lower())]
    return f"{place}?{'&'.join(kept)}" if kept else place


def _signs(name: str) -> bool:
    return name in _SIGNATURES or name.startswith(_SIGNERS)
