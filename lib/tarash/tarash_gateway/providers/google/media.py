"""Pictures and videos in the native forms of Google's video models.

Source: googleapis/python-genai, google/genai/models.py, 2.19.0, 2026-08 (Veo's media), and
google/genai/_gaos/types/interactions/, 3.4.0, 2026-11 (Omni's parts);
cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026 (buckets).
"""

import re
from base64 import b64encode
from typing import Any, Final

import attrs

from ...values.media import Media, MediaContent, content_type_of


@attrs.frozen(kw_only=True)
class Accepts:
    """The forms in which a surface takes a medium.

    Attributes:
        inline: Whether the request may contain the bytes.
        uri: The pattern that a URI must match, or None where a URI is refused.
        hint: Advice for the error message when a medium has another form.
    """

    inline: bool = True
    uri: re.Pattern[str] | None = None
    hint: str

    def takes(self, medium: Media) -> bool:
        """Tell whether a medium has one of these forms."""
        if isinstance(medium, MediaContent):
            return self.inline
        return self.uri is not None and self.uri.fullmatch(str(medium)) is not None


_BUCKET: Final = re.compile(
    r"gs://[^/\s]+/\S+\.(png|jpe?g|webp|gif|heic|mp4|mov|webm)", re.IGNORECASE
)
_FILE: Final = re.compile(r"https?://[^/\s]+/\S*files/[a-z0-9]+\S*")

BYTES: Final = Accepts(hint="Google accepts bytes only: download the file and pass its bytes")
BYTES_OR_BUCKET: Final = Accepts(
    uri=_BUCKET,
    hint="Google accepts bytes, or a gs:// URI with a known suffix (.png, .jpg, .mp4)",
)
BYTES_OR_FILE: Final = Accepts(
    uri=_FILE, hint="Google accepts bytes, or the URI of a file uploaded to its Files API"
)
FILE: Final = Accepts(
    inline=False,
    uri=_FILE,
    hint="Google extends only its own videos: pass the files/...:download URI that Veo returned",
)


def for_veo(media: Media) -> dict[str, Any]:
    """Return a medium as the Gemini API's Veo takes it: bytes, or a file's URI.

    The official client also sends ``encoding`` beside the URI (googleapis/python-genai,
    google/genai/models.py, 2.19.0, 2026-08). The API answered 400 to it in mid 2026: "`encoding`
    isn't supported by this model".
    """
    if isinstance(media, MediaContent):
        return {"bytesBase64Encoded": _base64(media), "mimeType": media.content_type}
    return {"uri": str(media)}


def for_vertex(media: Media) -> dict[str, Any]:
    """Return a medium as Vertex AI's Veo takes it: bytes, or an object in a bucket."""
    if isinstance(media, MediaContent):
        return for_veo(media)
    return {"gcsUri": str(media), "mimeType": content_type_of(str(media), b"")}


def for_omni(media: Media) -> dict[str, Any]:
    """Return a medium as a part of an interaction, without the part's ``type``."""
    if isinstance(media, MediaContent):
        return {"data": _base64(media), "mime_type": media.content_type}
    kind = content_type_of(str(media), b"")
    # The URI of a file has no suffix to guess the type from, and Google already knows the type.
    return {"uri": str(media)} | ({} if kind.startswith("application/") else {"mime_type": kind})


def _base64(media: MediaContent) -> str:
    return b64encode(media.content).decode()
