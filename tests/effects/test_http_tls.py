"""Which certificates are trusted, and what is said of those that are not."""

import socket
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.wire import OK, certified, heard, lost, new_http, raw_server, sent

from tarash.tarash_gateway.http.messages import HttpRequest

pytestmark = pytest.mark.usefixtures("sender")


def _talk(connection: socket.socket) -> None:
    while heard(connection):
        connection.sendall(OK)


@pytest.fixture(autouse=True)
def _no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_each_variable_may_name_the_bundle(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context, bundle = certified(tmp_path)
    monkeypatch.setenv(name, str(bundle))
    with raw_server(_talk, tls=context) as url:
        assert sent(HttpRequest(method="GET", url=url)).unwrap().body == b"ok"


def test_openssl_s_own_variable_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context, bundle = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with raw_server(_talk, tls=context) as url:
        assert sent(HttpRequest(method="GET", url=url)).unwrap().status == 200


def test_an_untrusted_certificate_is_named_as_the_cause(tmp_path: Path) -> None:
    context, _ = certified(tmp_path)
    with raw_server(_talk, tls=context) as url:
        error = lost(sent(HttpRequest(method="POST", url=url)))
    assert error.request_sent is False
    assert "its certificate is not trusted: self-signed certificate" in error.message
    assert "set SSL_CERT_FILE to a PEM file" in error.message


def test_a_certificate_for_another_host_is_named_as_the_cause(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context, bundle = certified(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    with raw_server(_talk, tls=context) as url:
        error = lost(sent(HttpRequest(method="POST", url=url)))
    assert error.request_sent is False
    assert "its certificate is not trusted: Hostname mismatch" in error.message


@pytest.mark.parametrize("content", [None, "no certificate", ""])
def test_a_bundle_that_cannot_be_read_is_our_error(
    content: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content, encoding="utf-8")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    error = lost(sent(HttpRequest(method="POST", url="https://127.0.0.1:1/")))
    assert error.request_sent is False
    assert "bundle.pem cannot be read" in error.message
    assert "set REQUESTS_CA_BUNDLE to the name of a PEM file, or unset it" in error.message


def test_an_unreadable_bundle_is_of_no_interest_without_tls(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    with raw_server(_talk) as url:
        assert sent(HttpRequest(method="GET", url=url)).unwrap().status == 200


def test_a_changed_bundle_is_seen_and_its_connections_are_not_those_of_the_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context, bundle = certified(tmp_path)
    _, other = certified(tmp_path, "other.example")
    with raw_server(_talk, tls=context) as url, closing(new_http()) as http:
        request = HttpRequest(method="GET", url=url)
        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
        assert sent(request, http=http).unwrap().status == 200
        monkeypatch.setenv("SSL_CERT_FILE", str(other))
        assert lost(sent(request, http=http)).request_sent is False
        monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
        assert sent(request, http=http).unwrap().status == 200
