"""By which proxy an address is reached, and connections through one. HTTP and SOCKS proxies."""

import os
from collections.abc import Mapping
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks it

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from bot.config import Settings

_LOCAL = ("localhost", "127.0.0.1", "::1")


def is_direct(url: URL | str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether an address is reached without a proxy: this machine, and what NO_PROXY names."""
    host = URL(url).host or ""
    exceptions = {"no": environ.get("no_proxy") or environ.get("NO_PROXY") or ""}
    return host in _LOCAL or bool(proxy_bypass_environment(host, exceptions))


def of_discord(settings: Settings) -> str:
    """The proxy for Discord's API and gateway; empty for none."""
    discord, http = settings.discord, settings.http
    return discord.proxy or ("" if is_direct(discord.api_url) else http.proxy)


def of_requests(proxy: str) -> str | None:
    """What aiohttp is to be told of each request: an HTTP proxy. None for none, and for SOCKS,
    which is the connector's business."""
    return None if _is_socks(proxy) else proxy or None


def _is_socks(proxy: str) -> bool:
    return proxy.startswith("socks")


def connector(
    proxy: str,
    *,
    limit: int = 100,
    limit_per_host: int = 0,
    socket_factory: aiohttp.SocketFactoryType | None = None,
) -> aiohttp.TCPConnector:
    """Connections, by a SOCKS proxy where ``proxy`` is one. Of an HTTP proxy each request is told.

    Names are looked up by the proxy. The rest is aiohttp's own.
    """
    if not _is_socks(proxy):
        return aiohttp.TCPConnector(
            limit=limit, limit_per_host=limit_per_host, socket_factory=socket_factory
        )
    # Imported for the few who need it.
    from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyTimeoutError

    class SocksConnector(ProxyConnector):
        """Its errors are neither aiohttp's nor the system's, which who uses it is prepared for."""

        async def connect(
            self,
            req: aiohttp.ClientRequest,
            traces: list[Trace],
            timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own
        ) -> Connection:
            try:
                return await super().connect(req, traces, timeout)
            except ProxyTimeoutError as error:
                raise TimeoutError(str(error)) from None
            except (ProxyConnectionError, ProxyError) as error:
                raise aiohttp.ClientConnectionError(str(error)) from None

    made: aiohttp.TCPConnector = SocksConnector.from_url(
        proxy, rdns=True, limit=limit, limit_per_host=limit_per_host
    )
    return made
