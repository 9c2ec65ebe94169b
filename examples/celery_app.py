"""Videos with Celery: one task submits, another asks for the job and schedules itself again.

    celery -A examples.celery_app worker

    from examples.celery_app import order_video

    order_video("order-17", config, request, save_to="/videos/").get()

A message may come twice, and a worker may die at any moment: the broker then hands its message to
another one. That no video is paid for twice all the same is the work of the submission key and the
journal, which all workers share: a file on one machine, PostgreSQL on several. Messages have no
keys of providers; each worker has them in its environment.
"""

import os
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypedDict

import attrs
from celery import Celery
from celery.result import AsyncResult

from tarash.tarash_gateway import (
    Journal,
    MediaContent,
    SqliteJournal,
    TarashException,
    TimeoutError,
    VideoGeneration,
    VideoGenerationConfig,
    VideoGenerationRequest,
    VideoGenerationResponse,
    check_video,
    save_video,
    start_video,
)
from tarash.tarash_gateway.codec import from_json, to_json

BROKER = os.environ.get("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")
# Seconds.
VISIBILITY = float(os.environ.get("VISIBILITY_TIMEOUT", "300"))
app = Celery("videos", broker=BROKER, backend=BROKER)
app.conf.update(
    # A message is acknowledged when its task has ended, so that it is not lost with its worker.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    broker_transport_options={
        # When a message of a killed worker is handed over again. It need not be longer than the
        # longest task: a task that runs twice does no harm.
        "visibility_timeout": VISIBILITY,
        # How often Redis is searched for such messages, and when the lock for it ends that a killed
        # worker may have had: by default it is every 100 seconds, and after 300.
        "unacked_restore_interval": VISIBILITY / 4,
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": VISIBILITY / 4,
    },
    # A worker takes few messages in advance, so that a killed one holds back few of them.
    worker_prefetch_multiplier=1,
)

# Kinds of errors after which the same call may succeed, with the same job.
PASSING = {"connection", "http", "rate_limit", "job_in_use", "journal", "save"}
# Seconds before such a call is made again, and how often it is for a submission.
AGAIN = 15.0
TRIES = 20


class Order(TypedDict):
    """What goes through the broker: JSON, without keys of providers."""

    key: str
    config: str
    request: str
    save_to: str | None


class Failed(TypedDict):
    """A job that ended without a video: the id of its attempt, and its error."""

    attempt: str
    error: str


@cache
def journal() -> Journal:
    """Return the journal that all workers share."""
    # PostgresJournal(os.environ["VIDEO_JOURNAL"]) where the workers are on several machines.
    return SqliteJournal(os.environ.get("VIDEO_JOURNAL", "videos.sqlite3"))


def order_video(
    key: str,
    config: VideoGenerationConfig,
    request: VideoGenerationRequest,
    save_to: str | None = None,
) -> "AsyncResult[dict[str, Any]]":
    """Order a video, and return its outcome to come; it may be ordered again under its key."""
    order = Order(key=key, config=to_json(config), request=to_json(request), save_to=save_to)
    submit.delay(order)
    return app.AsyncResult(f"{key}/outcome")


@app.task(bind=True)
def submit(self: Any, order: Order, failed: Failed | None = None) -> None:
    """Submit, or find the job of the key; after a job that failed, go on along the chain."""
    config = from_json(order["config"], VideoGenerationConfig)
    request = from_json(order["request"], VideoGenerationRequest)
    try:
        job = start_video(config, request, key=order["key"], journal=journal())
    except TarashException as error:
        if error.kind in PASSING and self.request.retries < TRIES:
            raise self.retry(countdown=AGAIN, max_retries=TRIES) from None
        end(order, error=to_json(error))
        return
    if failed is not None and failed["attempt"] == job.id:
        # The same job once more: the chain does not go on after it.
        end(order, error=failed["error"])
        return
    pause = 0.0 if job.response else job.configs[0].poll_interval
    poll.apply_async((order, job.to_json()), countdown=pause)


@app.task
def poll(order: Order, saved: str) -> None:
    """Ask for a job once; then ask again later, or save its video. Nothing is ever submitted."""
    job = VideoGeneration.from_json(saved)
    config = job.configs[0]
    try:
        job = check_video(job, journal=journal())
        response = job.response
        if response is not None and order["save_to"] is not None:
            # What an earlier run of this task has saved is replaced.
            response = save_video(response, order["save_to"], overwrite=True)
    except TarashException as error:
        if error.kind in PASSING and not is_late(job):
            poll.apply_async((order, job.to_json()), countdown=AGAIN)
        elif len(job.configs) > 1:
            # The key leads to the next config of the chain, or to the error.
            submit.delay(order, Failed(attempt=job.id, error=to_json(error)))
        else:
            end(order, error=to_json(error))
        return
    if response is not None:
        end(order, response=response)
    elif is_late(job):
        message = f"the video was not finished within timeout ({config.timeout:g} s)"
        end(order, error=to_json(TimeoutError(message, request_id=job.request_id)))
    else:
        poll.apply_async((order, job.to_json()), countdown=config.poll_interval)


@app.task
def outcome(key: str, response: str | None, error: str | None) -> dict[str, Any]:
    """Take in the end of an order: a place for code of your own, which may run twice."""
    return {"key": key, "response": response, "error": error}


def end(
    order: Order, response: VideoGenerationResponse | None = None, error: str | None = None
) -> None:
    """Tell the outcome of an order under the name that its caller knows."""
    if response is not None and isinstance(response.video, MediaContent):
        # Bytes do not belong into a broker. Without save_to, the key finds them again.
        response = attrs.evolve(response, video="")
    told = None if response is None else to_json(response)
    key = order["key"]
    outcome.apply_async((key, told, error), task_id=f"{key}/outcome")


def is_late(job: VideoGeneration) -> bool:
    """Tell whether a job has had its time."""
    elapsed = datetime.now(UTC) - job.started_at
    return elapsed.total_seconds() > job.configs[0].timeout
