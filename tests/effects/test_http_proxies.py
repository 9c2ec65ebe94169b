"""The proxies that the environment names."""

import base64
import socket
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.wire import (
    OK,
    certified,
    heard,
    lost,
    new_http,
    port_of,
    raw_server,
    sent,
    tunnel,
)

from tarash.tarash_gateway.http.messages import HttpRequest

pytestmark = pytest.mark.usefixtures("sender")

_GET = HttpRequest(method="GET", url="http://provider.example/videos?page=1")
_BASIC = base64.b64encode("bob:p@ss:wörd/?#".encode())
_USER = "bob:p%40ss%3Aw%C3%B6rd%2F%3F%23"


class _Proxy:
    """A forward proxy that answers by itself."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def __call__(self, connection: socket.socket) -> None:
        while request := heard(connection):
            self.asked.append(request)
            connection.sendall(OK)


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", ""], ids=["URL", "host and port"])
def test_the_user_and_password_of_a_proxy_are_decoded(
    name: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = _Proxy()
    with raw_server(proxy) as url:
        monkeypatch.setenv(name, f"{scheme}{_USER}@127.0.0.1:{port_of(url)}")
        assert sent(_GET).unwrap().body == b"ok"
    (asked,) = proxy.asked
    assert asked.startswith(b"GET http://provider.example/videos?page=1 HTTP/1.1\r\n")
    assert b"\r\nProxy-Authorization: Basic " + _BASIC + b"\r\n" in asked
    assert b"\r\nHost: provider.example\r\n" in asked


def test_a_tunnel_is_asked_for_with_user_and_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context, bundle = certified(tmp_path)
    provider, asked = _Proxy(), list[bytes]()
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    with (
        raw_server(provider, tls=context) as url,
        raw_server(tunnel(port_of(url), asked)) as proxy,
        closing(new_http()) as http,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"{_USER}@127.0.0.1:{port_of(proxy)}")
        request = HttpRequest(method="GET", url=f"{url}/a", credential={"Authorization": "Key k"})
        assert sent(request, http=http).unwrap().body == b"ok"
        # The second goes through the same tunnel.
        assert sent(request, http=http).unwrap().body == b"ok"
    assert len(asked) == 1
    assert asked[0].startswith(b"CONNECT localhost:%d " % port_of(url))
    assert b"Proxy-Authorization: Basic " + _BASIC in asked[0]
    assert b"Key k" not in asked[0]
    assert len(provider.asked) == 2
    assert all(b"Proxy-Authorization" not in request for request in provider.asked)


def test_a_proxy_may_be_spoken_to_over_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    context, bundle = certified(tmp_path)
    provider, asked = _Proxy(), list[bytes]()
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    with (
        raw_server(provider, tls=context) as url,
        raw_server(tunnel(port_of(url), asked), tls=context) as proxy,
        raw_server(_Proxy(), tls=context) as forward,
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("HTTP_PROXY", forward)
        assert sent(HttpRequest(method="GET", url=url)).unwrap().body == b"ok"
        assert sent(_GET).unwrap().body == b"ok"
    assert asked[0].startswith(b"CONNECT localhost:")


def test_a_refused_password_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with raw_server(tunnel(1, [], answer)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://bob:canary@127.0.0.1:{port_of(proxy)}")
        error = lost(sent(HttpRequest(method="POST", url="https://provider.example")))
    assert error.request_sent is False
    assert "HTTP 407: check its user and password" in error.message
    assert "canary" not in repr(error)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("socks5://bob:canary@127.0.0.1:1080", "names a SOCKS proxy (socks5), which is not supp"),
        ("socks5h://127.0.0.1:1080", "names a SOCKS proxy (socks5h), which is not supported"),
        ("ftp://bob:canary@127.0.0.1", "does not name an HTTP proxy"),
        ("http://exa mple:80", "does not name an HTTP proxy"),
        ("http://", "does not name an HTTP proxy"),
        ("http://bob:canary@127.0.0.1:canary", "is not a URL"),
        ("http://[::1:80", "is not a URL"),
    ],
)
def test_what_is_not_a_proxy_is_said_before_anything_is_sent(
    value: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", value)
    error = lost(sent(HttpRequest(method="POST", url="https://provider.example")))
    assert error.request_sent is False
    assert f"the variable ALL_PROXY {why}" in error.message
    assert "NO_PROXY" in error.message
    assert "canary" not in repr(error)


@pytest.mark.parametrize(
    ("excepted", "direct"),
    [
        ("127.0.0.1", True),
        ("*", True),
        ("other.example, 127.0.0.1", True),
        ("127.0.0.1:PORT", True),
        ("other.example", False),
        ("127.0.0.1:1", False),
    ],
)
def test_no_proxy_excepts_hosts(
    excepted: str, *, direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, provider = _Proxy(), _Proxy()
    with raw_server(proxy) as through, raw_server(provider) as url:
        monkeypatch.setenv("all_proxy", through)
        monkeypatch.setenv("no_proxy", excepted.replace("PORT", str(port_of(url))))
        sent(HttpRequest(method="GET", url=url)).unwrap()
    assert (len(provider.asked), len(proxy.asked)) == ((1, 0) if direct else (0, 1))


def test_changes_of_the_environment_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = _Proxy(), _Proxy()
    with raw_server(first) as one, raw_server(second) as two, closing(new_http()) as http:
        monkeypatch.setenv("http_proxy", one)
        sent(_GET, http=http).unwrap()
        monkeypatch.setenv("http_proxy", two)
        sent(_GET, http=http).unwrap()
    assert (len(first.asked), len(second.asked)) == (1, 1)


@pytest.mark.parametrize(
    ("variable", "used"), [("http_proxy", True), ("HTTP_PROXY", False), ("ALL_PROXY", True)]
)
def test_a_script_of_a_web_server_does_not_take_its_proxy_from_a_visitor(
    variable: str, *, used: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given the variables of a CGI script, where HTTP_PROXY is a header of whoever sent the request.
    proxy, provider = _Proxy(), _Proxy()
    with raw_server(proxy) as through, raw_server(provider) as url:
        monkeypatch.setenv("REQUEST_METHOD", "GET")
        monkeypatch.setenv(variable, through)
        # When a request is sent, then only the other variables choose the proxy.
        sent(HttpRequest(method="GET", url=url)).unwrap()
    assert (len(provider.asked), len(proxy.asked)) == ((0, 1) if used else (1, 0))


def test_an_empty_name_in_lower_case_switches_the_proxy_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy, provider = _Proxy(), _Proxy()
    with raw_server(proxy) as through, raw_server(provider) as url:
        monkeypatch.setenv("HTTP_PROXY", through)
        monkeypatch.setenv("http_proxy", "")
        sent(HttpRequest(method="GET", url=url)).unwrap()
    assert (len(provider.asked), len(proxy.asked)) == (1, 0)
