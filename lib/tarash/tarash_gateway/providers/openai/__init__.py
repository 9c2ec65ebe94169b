"""OpenAI and servers that speak its API, as a provider."""

from .provider import PROVIDER as PROVIDER
