"""Videos in a Django program: Replicate calls it back when one is done.

    export REPLICATE_API_TOKEN=… REPLICATE_WEBHOOK_SECRET=whsec_… PUBLIC_URL=https://my.example
    gunicorn --chdir examples/webhooks django_app
    curl "$PUBLIC_URL/videos?prompt=a+kite" -X POST

The videos appear in the folder of ``VIDEOS``, each under the id of its job. A project has its
settings and its paths elsewhere, and the last lines in its ``wsgi.py``.
"""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from tarash.tarash_gateway import (
    GenerationFailedError,
    SqliteJournal,
    Webhook,
    check_video,
    save_video,
    start_video,
)
from tarash.tarash_gateway.models import VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.webhooks import wsgi_receiver

VIDEOS = Path(os.environ.get("VIDEOS", "videos"))
JOURNAL = SqliteJournal(VIDEOS / "journal.sqlite3")
CONFIG = VideoGenerationConfig(
    provider="replicate",
    model="minimax/video-01",
    webhook_url=f"{os.environ['PUBLIC_URL']}/webhooks/replicate",
)

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])


@require_POST  # type: ignore[untyped-decorator]  # Django has no types
def start(request: HttpRequest) -> JsonResponse:
    """Start a job, and return its id at once."""
    wanted = VideoGenerationRequest(prompt=request.GET["prompt"])
    generation = start_video(CONFIG, wanted, journal=JOURNAL)
    return JsonResponse({"id": generation.request_id})


def save(webhook: Webhook) -> None:
    """Ask once where the job stands, and save its video; what this raises is sent again."""
    if webhook.generation is None:
        return  # no job of this program's
    try:
        checked = check_video(webhook.generation, journal=JOURNAL)
    except GenerationFailedError:
        return  # the journal says why
    if checked.response is not None:
        save_video(checked.response, VIDEOS / f"{checked.request_id}.mp4", overwrite=True)


urlpatterns = [path("videos", start)]
django = get_wsgi_application()
receiver = wsgi_receiver("replicate", journal=JOURNAL, on_webhook=save)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Let the receiver answer its path, and Django all others."""
    mine = environ["PATH_INFO"] == "/webhooks/replicate"
    return (receiver if mine else django)(environ, start_response)
