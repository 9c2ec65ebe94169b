"""Videos on Temporal: a worker, and a program that orders one.

    python -m examples.temporal_app worker
    python -m examples.temporal_app order order-17 "a kite over the sea"

The keys of the providers are in the worker's environment, and nowhere else.
"""

import asyncio
import os
import sys

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDReusePolicy
from temporalio.worker import Worker

from tarash.tarash_gateway import (
    SqliteJournal,
    TarashException,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
)
from tarash.tarash_gateway.integrations.temporal import (
    GenerateVideo,
    VideoActivities,
    VideoOrder,
    error_of,
    video_plugin,
)

ADDRESS = os.environ.get("TEMPORAL_ADDRESS", "localhost:7233")
QUEUE = "videos"


async def run_worker() -> None:
    """Run a worker until it is stopped."""
    # All workers share the journal: PostgresJournal where they are on several machines.
    activities = VideoActivities(SqliteJournal(os.environ.get("VIDEO_JOURNAL", "videos.sqlite3")))
    client = await Client.connect(ADDRESS, plugins=[video_plugin(activities)])
    await Worker(client, task_queue=QUEUE).run()


async def order(client: Client, workflow_id: str, order: VideoOrder) -> VideoGenerationResponse:
    """Order a video and wait for it; the same id is the same video.

    Raises:
        TarashException: There is no video.
    """
    handle = await client.start_workflow(
        GenerateVideo.run,
        order,
        id=workflow_id,
        task_queue=QUEUE,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    )
    try:
        return await handle.result()
    except WorkflowFailureError as failure:
        error = error_of(failure)
        if error is None:
            raise
        raise error from failure


async def main(workflow_id: str, prompt: str) -> None:
    """Order a video of a prompt, and print where it is."""
    client = await Client.connect(ADDRESS, plugins=[video_plugin()])
    config = VideoGenerationConfig(
        provider="fal",
        model="fal-ai/veo3",
        fallback_configs=[VideoGenerationConfig(provider="runway", model="gen4.5")],
    )
    request = VideoGenerationRequest(prompt=prompt, duration_seconds=8)
    try:
        response = await order(client, workflow_id, VideoOrder(config=config, request=request))
    except TarashException as error:
        sys.exit(str(error))
    sys.stdout.write(f"{response.video}\n")


if __name__ == "__main__":
    asyncio.run(run_worker() if sys.argv[1:] == ["worker"] else main(*sys.argv[2:]))
