"""What holds for every provider."""

import pytest

from tarash.tarash_gateway.http.messages import HttpResponse
from tarash.tarash_gateway.providers.base import Provider
from tarash.tarash_gateway.providers.google import vertex as google_vertex
from tarash.tarash_gateway.registry import BUILT_IN

_PROVIDERS = [p for p in BUILT_IN.values() if p.name != "mock"]
_CANCELLING = [*_PROVIDERS, google_vertex.OMNI]


@pytest.mark.parametrize("provider", _CANCELLING)
@pytest.mark.parametrize("body", [b"", b"<html>one moment</html>", b"[]", b"{}"])
def test_a_page_of_somebody_else_confirms_no_cancel(provider: Provider, body: bytes) -> None:
    if provider.cancelled is not None:
        reply = HttpResponse(status=200, headers={"Content-Type": "text/html"}, body=body)
        assert provider.cancelled(reply) == "failed"


@pytest.mark.parametrize("provider", _PROVIDERS, ids=lambda provider: provider.name)
def test_a_provider_has_models_keys_and_a_page(provider: Provider) -> None:
    assert provider.models
    assert provider.keys
    assert provider.base_url.startswith("https://")
    assert (provider.cancel is None) is (provider.cancelled is None)
    assert (provider.collect is None) is (provider.collected is None)
