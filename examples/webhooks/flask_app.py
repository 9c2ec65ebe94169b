"""Videos in a Flask program: Replicate calls it back when one is done.

    export REPLICATE_API_TOKEN=… REPLICATE_WEBHOOK_SECRET=whsec_… PUBLIC_URL=https://my.example
    flask --app examples/webhooks/flask_app.py run
    curl "$PUBLIC_URL/videos?prompt=a+kite" -X POST

The videos appear in the folder of ``VIDEOS``, each under the id of its job.
"""

import os
from pathlib import Path

from flask import Flask, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

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

app = Flask(__name__)


@app.post("/videos")
def start() -> dict[str, str | None]:
    """Start a job, and return its id at once."""
    wanted = VideoGenerationRequest(prompt=request.args["prompt"])
    generation = start_video(CONFIG, wanted, journal=JOURNAL)
    return {"id": generation.request_id}


def save(webhook: Webhook) -> None:
    """Ask once where the job stands, and save its video; what this raises is sent again."""
    if webhook.generation is None:
        return  # no job of this program's
    try:
        checked = check_video(webhook.generation, journal=JOURNAL)
    except GenerationFailedError:
        return  # the journal says why
    if checked.response is not None:
        path = VIDEOS / f"{checked.request_id}.mp4"
        save_video(checked.response, path, overwrite=True)


receiver = wsgi_receiver("replicate", journal=JOURNAL, on_webhook=save)
# As Flask's documentation puts an application beside its own.
app.wsgi_app = DispatcherMiddleware(  # type: ignore[method-assign]  # it is made for that
    app.wsgi_app, {"/webhooks/replicate": receiver}
)
