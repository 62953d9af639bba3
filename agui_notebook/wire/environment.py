"""What the environment says about reaching a server: proxies, and certificates to trust.

Read here and not by httpx, which stumbles over IPv6 ranges in NO_PROXY and takes all or nothing:
no proxy reaches this machine's own loopback, but SSL_CERT_FILE counts there too.
"""

from __future__ import annotations

import functools
import ipaddress
import os
import ssl
from urllib.parse import urlsplit
from urllib.request import getproxies

from ..errors import InvalidInput
from ..values import Json


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this very machine."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def proxy_for(url: str) -> str | None:
    """The proxy that stands before ``url``, or None."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    found = getproxies()
    proxy = found.get(parts.scheme) or found.get("all")
    if not proxy or is_loopback(host) or _is_direct(host, parts.port, found.get("no", "")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def tls_context(url: str) -> ssl.SSLContext:
    """Whom to trust: SSL_CERT_FILE, else SSL_CERT_DIR, else what certifi holds.

    Raises InvalidInput, naming the variable, for what cannot be read.
    """
    if urlsplit(url).scheme == "http":
        return _nobody()
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        if path := os.environ.get(name):
            try:
                return _trust(name, path, os.stat(path).st_mtime_ns)
            except OSError as error:  # ssl.SSLError is one
                raise InvalidInput(
                    f"{name} is {path}, from which no certificates can be read "
                    f"({error.strerror or error}): correct it, or unset it."
                ) from error
    return _trust("", "", 0)


@functools.lru_cache(maxsize=1)
def _nobody() -> ssl.SSLContext:
    """For plain http, which never asks; it cannot let anything through by mistake."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@functools.lru_cache(maxsize=4)  # reading the certificates costs tens of milliseconds
def _trust(name: str, path: str, changed: int) -> ssl.SSLContext:
    if name == "SSL_CERT_DIR":
        return ssl.create_default_context(capath=path)
    if name:
        return ssl.create_default_context(cafile=path)
    import certifi

    return ssl.create_default_context(cafile=certifi.where())


def _is_direct(host: str, port: int | None, listed: str) -> bool:
    """Whether NO_PROXY, a list of names, addresses and ranges, has this host."""
    entries = [entry.strip().lower() for entry in listed.split(",") if entry.strip()]
    return any(_covers(entry, host.lower(), port) for entry in entries)


def _covers(entry: str, host: str, port: int | None) -> bool:
    network, address = _network(entry), _address(host)
    if network is not None:
        return address is not None and address in network
    name, _, at = entry.rpartition("://")[2].partition(":")
    suffix = name.removeprefix("*").lstrip(".")
    named = entry == "*" or (bool(suffix) and (host == suffix or host.endswith(f".{suffix}")))
    return named and at in ("", str(port))


def _address(host: str) -> Json:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _network(entry: str) -> Json:
    try:
        return ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return None
