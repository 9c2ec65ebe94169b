"""A generation by hand with urllib3 or aiohttp: the exchanges and their JSON, and nothing else.

No error is handled, nothing is checked, and nothing is kept. What a library adds is the rest.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from typing import Any

from .orders import Order, Place

_HEADERS = {"Authorization": "Key key"}
# More than the threads of any measurement, so that each finds a connection.
_CONNECTIONS = 64


def blocking(order: Order) -> Callable[[Place], AbstractContextManager[Callable[[], str]]]:
    """Return what opens urllib3 for this order."""

    @contextmanager
    def opened(place: Place) -> Iterator[Callable[[], str]]:
        import urllib3  # noqa: PLC0415 - only the process that measures it loads it

        with urllib3.PoolManager(maxsize=_CONNECTIONS, headers=_HEADERS) as pool:

            def get(path: str) -> Any:
                return pool.request("GET", place.base + path)

            def generate() -> str:
                url = place.base + order.submit
                job = order.job(pool.request("POST", url, json=dict(order.body)).json())
                while not order.is_done(get(order.poll(job)).json()):
                    time.sleep(place.interval)
                if order.result is not None:
                    reply = get(order.result(job))
                    _ = reply.data if order.is_video else reply.json()
                return job

            yield generate

    return opened


def awaiting(
    order: Order,
) -> Callable[[Place], AbstractAsyncContextManager[Callable[[], Awaitable[str]]]]:
    """Return what opens aiohttp for this order."""

    @asynccontextmanager
    async def opened(place: Place) -> AsyncIterator[Callable[[], Awaitable[str]]]:
        import aiohttp  # noqa: PLC0415 - only the process that measures it loads it

        async with aiohttp.ClientSession(headers=_HEADERS) as session:

            async def get(path: str) -> Any:
                async with session.get(place.base + path) as reply:
                    return await reply.json()

            async def generate() -> str:
                url = place.base + order.submit
                async with session.post(url, json=dict(order.body)) as reply:
                    job = order.job(await reply.json())
                while not order.is_done(await get(order.poll(job))):  # noqa: ASYNC110 - it asks a server
                    await asyncio.sleep(place.interval)
                if order.result is not None and order.is_video:
                    async with session.get(place.base + order.result(job)) as reply:
                        await reply.read()
                elif order.result is not None:
                    await get(order.result(job))
                return job

            yield generate

    return opened
