"""What each provider reads in ``provider_config``: data.

It stands apart from the providers because the JSON codec has to know which settings are
credentials without importing a provider.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs


@attrs.frozen
class Setting:
    """A key of ``provider_config``.

    Attributes:
        name: The key.
        secret: Whether its value is a credential: it is then kept out of every text.
    """

    name: str
    secret: bool = False


SETTINGS: Final[Mapping[str, tuple[Setting, ...]]] = MappingProxyType(
    {
        "fal": (Setting("headers"),),
        "openai": (
            Setting("organization"),
            Setting("project"),
            Setting("body"),
            Setting("image_url"),
        ),
        "azure-openai": (Setting("auth"), Setting("video_api")),
        "runway": (),
        "google": (
            Setting("vertexai"),
            Setting("project"),
            Setting("gcp_project"),
            Setting("location"),
            Setting("credentials_path"),
            Setting("access_token", secret=True),
        ),
        "replicate": (Setting("deployment"), Setting("cancel_after")),
    }
)
