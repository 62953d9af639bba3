"""What the environment says: proxies, NO_PROXY in all its forms, certificates."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import pytest
from support.servers import Reply, answer, serve_frames

from agui_notebook import HTTPStatusError, InvalidInput, TransportError, connect
from agui_notebook.wire.environment import proxy_for, tls_context

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("url", "listed", "direct"),
    [
        ("http://example.org/", "", False),
        ("http://example.org/", "example.org", True),
        ("http://a.example.org/", "example.org", True),
        ("http://a.example.org/", ".example.org", True),
        ("http://a.example.org/", "*.example.org", True),
        ("http://notexample.org/", "example.org", False),
        ("http://example.org:81/", "example.org:81", True),
        ("http://example.org:82/", "example.org:81", False),
        ("http://example.org/", "other, EXAMPLE.org", True),
        ("http://example.org/", "*", True),
        ("http://10.1.2.3/", "10.0.0.0/8", True),
        ("http://11.1.2.3/", "10.0.0.0/8", False),
        ("http://[fd00::1]:8000/", "fd00::/8", True),
        ("http://[fe80::1]/", "fd00::/8,[fe80::]/10", True),
        ("http://[2001:db8::1]/", "fd00::/8", False),
        ("http://example.org/", "fd00::/8", False),
        ("http://localhost:8000/", "", True),
        ("http://127.0.0.2:8000/", "", True),
        ("http://[::1]:8000/", "", True),
    ],
)
def test_a_proxy_stands_before_what_is_not_listed(
    url: str, listed: str, direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "proxy:3128")
    monkeypatch.setenv("NO_PROXY", listed)
    assert proxy_for(url) == (None if direct else "http://proxy:3128")


def test_a_dead_proxy_is_called_a_proxy_and_its_password_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("HTTP_PROXY", f"http://ann:passw0rd@127.0.0.1:{port}")
    with pytest.raises(TransportError) as caught:
        connect("http://agent.invalid/").ask("hi")
    told = str(caught.value)
    assert told == (
        f"The proxy http://***@127.0.0.1:{port}, which the environment names for "
        "http://agent.invalid/, does not answer: start it, or put agent.invalid into NO_PROXY."
    )


@pytest.mark.parametrize("proxy", ["ftp://proxy:1", "socks5://proxy:1"])
def test_a_proxy_that_cannot_be_used_is_said(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(InvalidInput, match="The proxy that the environment names"):
        connect("http://agent.invalid/").ask("hi")


def test_ranges_in_no_proxy_do_not_stop_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "fd00::/8,10.0.0.0/8,::1")
    with pytest.raises(TransportError, match="is unknown: check the URL"):
        connect("http://agent.invalid/").ask("hi")


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("host", ["agent.invalid", "localhost"])
def test_certificates_that_are_not_there_are_named(
    name: str, host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(tmp_path / "missing.pem"))
    with pytest.raises(InvalidInput, match=rf"{name} is .*missing\.pem.*No such file"):
        connect(f"https://{host}:9/").ask("hi")


def test_a_file_without_certificates_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "empty.pem"
    path.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(InvalidInput, match="no certificates can be read"):
        tls_context("https://localhost/")


def test_plain_http_needs_no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    assert tls_context("http://example.org/").get_ca_certs() == []


def test_the_same_certificates_are_read_once() -> None:
    assert tls_context("https://a/") is tls_context("https://b/")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """One for this machine, signed by itself, and what serves with it."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    where = ["-keyout", str(key), "-out", str(cert), "-subj", "/CN=localhost", "-addext", names]
    subprocess.run([*make, *where], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def test_a_server_of_this_machine_is_trusted_by_ssl_cert_file(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, context = certificate
    with serve_frames(answer("safe"), tls=context) as server:
        url = server.url.replace("http://127.0.0.1", "https://localhost")
        with pytest.raises(TransportError, match="is not trusted"):
            connect(url).ask("hi")
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        assert connect(url).ask("hi").text == "safe"


def test_nothing_follows_a_redirect_to_where_there_is_no_tls(
    certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    cert, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with serve_frames(answer("overheard")) as clear:
        clear_url = clear.url.replace("127.0.0.1", "localhost")
        moved = [
            Reply([], status, {"location": f"{clear_url}there"})
            for status in (301, 302, 303, 307, 308)
        ]
        same = Reply([], 308, {"location": "/first"})  # which is followed
        with serve_frames(same, *moved, tls=context) as server:
            url = server.url.replace("http://127.0.0.1", "https://localhost")
            for _ in moved:
                with pytest.raises(HTTPStatusError) as caught:
                    connect(url, token="secret-token").ask("hi")
                told = str(caught.value)
                assert "an address without TLS, where others could read the conversation" in told
                assert "it was not sent there, ask whoever runs the server" in told
                assert not any(word in told for word in ("http://", clear_url[17:-1], "secret"))
            assert [request.path for request in server.requests] == ["/", "/first", *"////"]
        assert clear.requests == []
