"""The ways to make a generation that are measured beside each other."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from typing import Any, Final, TypeAlias

import attrs

from . import by_hand
from .orders import ORDERS, Order, Place

# One generation; the result is the id of its job.
Generate: TypeAlias = Callable[[], str]
AsyncGenerate: TypeAlias = Callable[[], Awaitable[str]]
Open: TypeAlias = Callable[[Place], AbstractContextManager[Generate]]
AsyncOpen: TypeAlias = Callable[[Place], AbstractAsyncContextManager[AsyncGenerate]]

OURS: Final = "tarash"


@attrs.frozen(kw_only=True)
class Way:
    """A way to make a generation.

    Attributes:
        name: What the tables call it.
        dialect: The API that it speaks.
        distribution: The distribution that it needs.
        module: What it imports.
        blocking: Opens its blocking client.
        awaiting: Opens its client for asyncio.
    """

    name: str
    dialect: str
    distribution: str
    module: str
    blocking: Open
    awaiting: AsyncOpen


def _config(order: Order, place: Place) -> Any:
    from tarash.tarash_gateway import VideoGenerationConfig  # noqa: PLC0415

    return VideoGenerationConfig(
        provider=order.dialect,
        model=order.model,
        base_url=place.base,
        api_key="key",
        poll_interval=place.interval,
    )


def _ours_blocking(order: Order) -> Open:
    @contextmanager
    def opened(place: Place) -> Iterator[Generate]:
        from tarash.tarash_gateway import VideoGenerationRequest, generate_video  # noqa: PLC0415

        config = _config(order, place)

        def generate() -> str:
            request = VideoGenerationRequest(prompt=order.prompt, duration_seconds=order.seconds)
            return generate_video(config, request, measure=False).request_id

        yield generate

    return opened


def _ours_awaiting(order: Order) -> AsyncOpen:
    @asynccontextmanager
    async def opened(place: Place) -> AsyncIterator[AsyncGenerate]:
        from tarash.tarash_gateway import (  # noqa: PLC0415
            VideoGenerationRequest,
            generate_video_async,
        )

        config = _config(order, place)

        async def generate() -> str:
            request = VideoGenerationRequest(prompt=order.prompt, duration_seconds=order.seconds)
            return (await generate_video_async(config, request, measure=False)).request_id

        yield generate

    return opened


def bare(dialect: str) -> Way:
    """Return the same exchanges by hand: the least that they can cost."""
    order = ORDERS[dialect]
    return Way(
        name="by hand",
        dialect=dialect,
        distribution="aiohttp",
        module="aiohttp",
        blocking=by_hand.blocking(order),
        awaiting=by_hand.awaiting(order),
    )


def ours(dialect: str) -> Way:
    """Return this library."""
    order = ORDERS[dialect]
    return Way(
        name=OURS,
        dialect=dialect,
        distribution="attrs",
        module="tarash.tarash_gateway",
        blocking=_ours_blocking(order),
        awaiting=_ours_awaiting(order),
    )
