"""Google: the Gemini API and Vertex AI, as a provider."""

from .provider import PROVIDER as PROVIDER
