"""What the service needs to know, read from the environment once."""

import os
from collections.abc import Mapping
from pathlib import Path

import attrs

from tarash.tarash_gateway import MockConfig, MockPollingConfig, VideoGenerationConfig

# Twenty seconds: enough to stop a process in the middle of a job, and to look at what happens.
_MOCK = MockConfig(
    polling=MockPollingConfig(
        status_sequence=("queued", *("processing",) * 8, "completed"),
        delay_between_updates=2.0,
    )
)


@attrs.frozen(kw_only=True)
class Settings:
    """The service's settings.

    Attributes:
        database_url: The PostgreSQL database of the engine and of the journal.
        password: What people log in with.
        session_key: What signs the session cookies.
        port: TCP port of the pages.
        data: Folder of the clips, and of the database that the service starts itself.
        public_url: Where a provider can reach the service from outside, for webhooks, or None.
        configs: ``PROVIDER:MODEL`` in the order in which they are tried.
        base_url: Where the providers are, if not at their own addresses.
        poll_interval: Seconds between two polls of a job.
        mock: Whether videos are made offline, without a key and without cost.
    """

    database_url: str
    password: str = attrs.field(repr=False)
    session_key: str = attrs.field(repr=False)
    port: int
    data: Path
    public_url: str | None
    configs: tuple[str, ...]
    base_url: str | None
    poll_interval: float
    mock: bool

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings that the variables ``SERVICE_…`` hold.

        Raises:
            SystemExit: One that is needed is missing.
        """

        def needed(name: str) -> str:
            if value := environment.get(name):
                return value
            message = f"{name} is not set: start the service with python -m examples.service"
            raise SystemExit(message)

        return cls(
            database_url=needed("SERVICE_DATABASE_URL"),
            password=needed("SERVICE_PASSWORD"),
            session_key=needed("SERVICE_SESSION_KEY"),
            port=int(environment.get("SERVICE_PORT") or 8000),
            data=Path(environment.get("SERVICE_DATA") or "service-data"),
            public_url=environment.get("SERVICE_PUBLIC_URL"),
            configs=tuple((environment.get("SERVICE_CONFIGS") or "fal:fal-ai/veo3").split(",")),
            base_url=environment.get("SERVICE_BASE_URL"),
            poll_interval=float(environment.get("SERVICE_POLL_INTERVAL") or 2),
            mock=environment.get("SERVICE_MOCK", "1") != "0",
        )

    @property
    def clips(self) -> Path:
        """The folder in which videos are saved."""
        return self.data / "clips"

    def clip(self, job: str) -> Path:
        """Return the file of a job's video."""
        return self.clips / f"{job}.mp4"

    def config(self) -> VideoGenerationConfig:
        """Return the chain of configs; keys come from the environment of the workers."""
        first, *rest = (self._config(name) for name in self.configs)
        return attrs.evolve(first, fallback_configs=tuple(rest) or None)

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers of the chain."""
        return tuple(dict.fromkeys(name.partition(":")[0] for name in self.configs))

    def webhook_url(self, provider: str) -> str | None:
        """Return where a provider calls back, or None if it cannot reach the service."""
        return None if self.public_url is None else f"{self.public_url}/webhooks/{provider}/"

    def _config(self, name: str) -> VideoGenerationConfig:
        provider, _, model = name.partition(":")
        return VideoGenerationConfig(
            provider=provider,
            model=model,
            base_url=self.base_url,
            poll_interval=self.poll_interval,
            webhook_url=self.webhook_url(provider),
            mock=_MOCK if self.mock else None,
        )
