"""Videos in a FastAPI program: Replicate calls it back when one is done.

    export REPLICATE_API_TOKEN=… REPLICATE_WEBHOOK_SECRET=whsec_… PUBLIC_URL=https://my.example
    uvicorn --app-dir examples/webhooks fastapi_app:app
    curl "$PUBLIC_URL/videos?prompt=a+kite" -X POST

The videos appear in the folder of ``VIDEOS``, each under the id of its job.
"""

import os
from pathlib import Path

from fastapi import FastAPI

from tarash.tarash_gateway import (
    GenerationFailedError,
    SqliteJournal,
    Webhook,
    check_video_async,
    save_video_async,
    start_video_async,
)
from tarash.tarash_gateway.models import VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.webhooks import asgi_receiver

VIDEOS = Path(os.environ.get("VIDEOS", "videos"))
JOURNAL = SqliteJournal(VIDEOS / "journal.sqlite3")
CONFIG = VideoGenerationConfig(
    provider="replicate",
    model="minimax/video-01",
    webhook_url=f"{os.environ['PUBLIC_URL']}/webhooks/replicate/",
)

app = FastAPI()


@app.post("/videos")
async def start(prompt: str) -> dict[str, str | None]:
    """Start a job, and return its id at once."""
    request = VideoGenerationRequest(prompt=prompt)
    generation = await start_video_async(CONFIG, request, journal=JOURNAL)
    return {"id": generation.request_id}


async def save(webhook: Webhook) -> None:
    """Ask once where the job stands, and save its video; what this raises is sent again."""
    if webhook.generation is None:
        return  # no job of this program's
    try:
        checked = await check_video_async(webhook.generation, journal=JOURNAL)
    except GenerationFailedError:
        return  # the journal says why
    if checked.response is not None:
        path = VIDEOS / f"{checked.request_id}.mp4"
        await save_video_async(checked.response, path, overwrite=True)


app.mount("/webhooks/replicate", asgi_receiver("replicate", journal=JOURNAL, on_webhook=save))
