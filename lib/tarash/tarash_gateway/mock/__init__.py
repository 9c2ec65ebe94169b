"""A provider without a network: scripted replies and playable clips."""

from ..values.mock_config import MockConfig, MockPollingConfig, MockResponse

__all__ = ["MockConfig", "MockPollingConfig", "MockResponse"]
