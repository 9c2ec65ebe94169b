"""fal, as a provider."""

from .provider import PROVIDER as PROVIDER
