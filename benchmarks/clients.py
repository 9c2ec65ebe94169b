"""The official clients of the providers, used as their documentation shows.

Where a client waits for a job itself, it does so here, with the interval that it is given. Those of
Google have no such call, and the one of Runway sleeps for six seconds before its first poll
whatever it is told; these two are polled by hand.
"""

import asyncio
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, cast

from .orders import ORDERS, Place
from .ways import AsyncGenerate, Generate, Way

_FAL: Final = ORDERS["fal"]
_REPLICATE: Final = ORDERS["replicate"]
_GOOGLE: Final = ORDERS["google"]
_OPENAI: Final = ORDERS["openai"]
_RUNWAY: Final = ORDERS["runway"]


@contextmanager
def _fal(place: Place) -> Iterator[Generate]:
    import fal_client  # noqa: PLC0415
    import fal_client.client  # noqa: PLC0415

    # It takes a host by its environment, and no path.
    fal_client.client.QUEUE_URL_FORMAT = f"{place.base}/"
    client = fal_client.SyncClient(key="key")

    def generate() -> str:
        handle = client.submit(_FAL.model, arguments=dict(_FAL.body))
        handle.get(interval=place.interval)
        return handle.request_id

    yield generate
    client._client.close()  # noqa: SLF001 - it offers no other way to close it


@asynccontextmanager
async def _fal_async(place: Place) -> AsyncIterator[AsyncGenerate]:
    import fal_client  # noqa: PLC0415
    import fal_client.client  # noqa: PLC0415

    fal_client.client.QUEUE_URL_FORMAT = f"{place.base}/"
    client = fal_client.AsyncClient(key="key")

    async def generate() -> str:
        handle = await client.submit(_FAL.model, arguments=dict(_FAL.body))
        await handle.get(interval=place.interval)
        return handle.request_id

    yield generate
    await (await client._client).aclose()  # noqa: SLF001 - it offers no other way to close it


@contextmanager
def _replicate(place: Place) -> Iterator[Generate]:
    from replicate.client import Client  # noqa: PLC0415

    client = Client(api_token="key", base_url=place.base)  # noqa: S106 - it opens nothing
    client.poll_interval = place.interval

    def generate() -> str:
        prediction = client.models.predictions.create(
            _REPLICATE.model, input=dict(_REPLICATE.body["input"])
        )
        prediction.wait()
        return prediction.id

    yield generate


@asynccontextmanager
async def _replicate_async(place: Place) -> AsyncIterator[AsyncGenerate]:
    from replicate.client import Client  # noqa: PLC0415

    client = Client(api_token="key", base_url=place.base)  # noqa: S106 - it opens nothing
    client.poll_interval = place.interval

    async def generate() -> str:
        prediction = await client.models.predictions.async_create(
            _REPLICATE.model, input=dict(_REPLICATE.body["input"])
        )
        await prediction.async_wait()
        return prediction.id

    yield generate


def _google_client(place: Place) -> Any:
    from google import genai  # noqa: PLC0415
    from google.genai import types  # noqa: PLC0415

    options = types.HttpOptions(base_url=place.base)
    return genai.Client(http_options=options, api_key="key")


def _google_call(types: Any) -> dict[str, Any]:
    return {
        "model": _GOOGLE.model,
        "source": types.GenerateVideosSource(prompt=_GOOGLE.prompt),
        "config": types.GenerateVideosConfig(duration_seconds=8),
    }


def _google_job(operation: Any) -> str:
    return cast("str", operation.name).rpartition("/")[2]


@contextmanager
def _google(place: Place) -> Iterator[Generate]:
    from google.genai import types  # noqa: PLC0415

    client = _google_client(place)

    def generate() -> str:
        operation = client.models.generate_videos(**_google_call(types))
        while not (operation := client.operations.get(operation)).done:
            time.sleep(place.interval)
        client.files.download(file=operation.response.generated_videos[0])
        return _google_job(operation)

    yield generate
    client.close()


@asynccontextmanager
async def _google_async(place: Place) -> AsyncIterator[AsyncGenerate]:
    from google.genai import types  # noqa: PLC0415

    client = _google_client(place).aio

    async def generate() -> str:
        operation = await client.models.generate_videos(**_google_call(types))
        while not (operation := await client.operations.get(operation)).done:  # noqa: ASYNC110
            await asyncio.sleep(place.interval)
        await client.files.download(file=operation.response.generated_videos[0])
        return _google_job(operation)

    yield generate
    await client.aclose()


# Its video methods warn on each call that OpenAI's own servers have none any more.
_RETIRED: Final = "The Sora API is scheduled"


@contextmanager
def _openai(place: Place) -> Iterator[Generate]:
    from openai import OpenAI  # noqa: PLC0415

    warnings.filterwarnings("ignore", _RETIRED, DeprecationWarning)
    interval = int(place.interval * 1000)
    with OpenAI(api_key="key", base_url=place.base) as client:

        def generate() -> str:
            video = client.videos.create_and_poll(
                model="sora-2", prompt=_OPENAI.prompt, seconds="8", poll_interval_ms=interval
            )
            client.videos.download_content(video.id).read()
            return video.id

        yield generate


@asynccontextmanager
async def _openai_async(place: Place) -> AsyncIterator[AsyncGenerate]:
    from openai import AsyncOpenAI  # noqa: PLC0415

    warnings.filterwarnings("ignore", _RETIRED, DeprecationWarning)
    interval = int(place.interval * 1000)
    async with AsyncOpenAI(api_key="key", base_url=place.base) as client:

        async def generate() -> str:
            video = await client.videos.create_and_poll(
                model="sora-2", prompt=_OPENAI.prompt, seconds="8", poll_interval_ms=interval
            )
            await (await client.videos.download_content(video.id)).aread()
            return video.id

        yield generate


_RUNWAY_CALL: Final[dict[str, Any]] = {
    "model": "gen4.5",
    "prompt_text": _RUNWAY.prompt,
    "ratio": "1280:720",
    "duration": 5,
}


@contextmanager
def _runway(place: Place) -> Iterator[Generate]:
    from runwayml import RunwayML  # noqa: PLC0415

    with RunwayML(api_key="key", base_url=place.base) as client:

        def generate() -> str:
            task = client.text_to_video.create(**_RUNWAY_CALL)
            while client.tasks.retrieve(task.id).status != "SUCCEEDED":
                time.sleep(place.interval)
            return task.id

        yield generate


@asynccontextmanager
async def _runway_async(place: Place) -> AsyncIterator[AsyncGenerate]:
    from runwayml import AsyncRunwayML  # noqa: PLC0415

    async with AsyncRunwayML(api_key="key", base_url=place.base) as client:

        async def generate() -> str:
            task = await client.text_to_video.create(**_RUNWAY_CALL)
            while (await client.tasks.retrieve(task.id)).status != "SUCCEEDED":  # noqa: ASYNC110
                await asyncio.sleep(place.interval)
            return task.id

        yield generate


CLIENTS: Final = tuple(
    Way(
        name=distribution,
        dialect=dialect,
        distribution=distribution,
        module=module,
        blocking=blocking,
        awaiting=awaiting,
    )
    for distribution, dialect, module, blocking, awaiting in (
        ("fal-client", "fal", "fal_client", _fal, _fal_async),
        ("replicate", "replicate", "replicate", _replicate, _replicate_async),
        ("google-genai", "google", "google.genai", _google, _google_async),
        ("openai", "openai", "openai", _openai, _openai_async),
        ("runwayml", "runway", "runwayml", _runway, _runway_async),
    )
)
