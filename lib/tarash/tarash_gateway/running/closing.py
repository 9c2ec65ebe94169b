"""The idle connections of this process, for those who want to close them."""

from typing import Final, Self

from ..effects.live import close_idle, close_idle_async


class Connections:
    """The idle connections of this process to providers and their file hosts.

    Nobody has to close them: they are closed when they were idle for a minute and another exchange
    ends, when their event loop ends, and with the process. ``close`` is for a program that goes on
    for long without a call, or that counts its open files. Calls that run are not disturbed, and
    further calls open new connections.

        with connections:
            generate_video(config, request)

    ``async with`` closes those of the running event loop, too. Effects of your own are yours.
    """

    def close(self) -> None:
        """Close the connections that blocking calls left, of all threads."""
        close_idle()

    async def close_async(self) -> None:
        """Close these and those of the running event loop."""
        await close_idle_async()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close_async()

    def __repr__(self) -> str:
        return "connections"


connections: Final = Connections()
