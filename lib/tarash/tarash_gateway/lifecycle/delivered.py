"""A video that the provider wrote into the caller's own storage. Pure.

Vertex AI does so for ``storageUri`` and ``response_format.gcs_uri``. Source:
cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026;
googleapis/python-genai, google/genai/_gaos/types/interactions/, 3.4.0, 2026-11.
"""

import shlex

from returns.result import Failure, Success

from ..exceptions import SaveError
from ..outcome import Outcome
from ..values.response import VideoGenerationResponse


def check_not_delivered(response: VideoGenerationResponse) -> Outcome[VideoGenerationResponse]:
    """Return the response, unless its video is in the caller's own storage.

    Errors:
        SaveError: It is: the message names the place, and how to fetch it.
    """
    if not response.delivered:
        return Success(response)
    # A query may be a signature.
    place = response.video.partition("?")[0] if isinstance(response.video, str) else "your storage"
    advice = "fetch it from there with your own credentials"
    if place.startswith("gs://"):
        advice += f": gcloud storage cp {shlex.quote(place)} ."
    message = (
        f"the video was not saved to a file: the request asked the provider to write it into your "
        f"own storage, where it is finished, at {place}; {advice}"
    )
    return Failure(SaveError(message, request_id=response.request_id, response=response))
