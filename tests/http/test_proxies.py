"""By which proxy an address is reached. Both kinds of proxies stand on the loopback address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot import config
from bot.config import DiscordSection, HttpSection, Settings, logs
from bot.errors import ConfigError, Unreachable
from bot.http import proxies
from tests.http.remote import BODY, Remote, client

PROXY = "http://me:secret@proxy.example:3128"


@asynccontextmanager
async def socks5(port_behind: int, asked: list[str]) -> AsyncIterator[str]:
    """A SOCKS5 proxy (RFC 1928) that leads to one port of this machine, whatever was asked for."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(b"\x05\x00")
        kind = (await reader.readexactly(4))[3]
        assert kind == 3, "names are to be looked up by the proxy"
        (length,) = await reader.readexactly(1)
        host = (await reader.readexactly(length)).decode()
        asked.append(f"{host}:{int.from_bytes(await reader.readexactly(2))}")
        behind, to_behind = await asyncio.open_connection("127.0.0.1", port_behind)
        writer.write(b"\x05\x00\x00\x01" + bytes(6))
        await asyncio.gather(pipe(reader, to_behind), pipe(behind, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"socks5://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_socks_proxy_leads_to_every_name(remote: Remote) -> None:
    asked: list[str] = []
    port = int(remote.url.rpartition(":")[2])
    async with socks5(port, asked) as proxy, client(proxy=proxy) as http:
        assert (await http.get("http://papers.example/feed")).body == BODY
        async with http.websocket("ws://stream.example/socket") as socket:
            assert not socket.closed
    assert asked == ["papers.example:80", "stream.example:80"]


async def test_a_socks_proxy_that_is_away_is_an_outcome(unused_tcp_port: int) -> None:
    async with client(proxy=f"socks5://127.0.0.1:{unused_tcp_port}") as http:
        with pytest.raises(Unreachable):
            await http.get("http://papers.example/feed", tries=1)


@pytest.mark.parametrize(
    ("url", "no_proxy", "direct"),
    [
        ("http://127.0.0.1:8080/x", "", True),
        ("http://localhost/x", "", True),
        ("http://[::1]:80/x", "", True),
        ("https://arxiv.org/x", "", False),
        ("https://arxiv.org/x", "arxiv.org", True),
        ("https://export.arxiv.org/x", ".arxiv.org", True),
        ("https://export.arxiv.org/x", "bsky.app, arxiv.org", True),
        ("https://notarxiv.org/x", "arxiv.org", False),
        ("https://arxiv.org/x", "*", True),
    ],
)
def test_some_addresses_need_none(url: str, no_proxy: str, direct: bool) -> None:
    assert proxies.is_direct(url, {"NO_PROXY": no_proxy}) is direct


def test_its_password_is_starred_in_every_line() -> None:
    logs.hide_passwords("http://me:hunter2%2Fsecret@proxy.example:3128", "")
    error = "407, url='http://me:hunter2%2Fsecret@proxy.example:3128' or hunter2/secret"
    assert "hunter2" not in logs.starred(error)
    assert "proxy.example" in logs.starred(error)


def test_discord_goes_the_way_of_all_others_unless_it_has_its_own() -> None:
    shared = HttpSection(proxy=PROXY)
    assert proxies.of_discord(Settings()) == ""
    assert proxies.of_discord(Settings(http=shared)) == PROXY
    own = DiscordSection(proxy="http://own.example:1")
    assert proxies.of_discord(Settings(http=shared, discord=own)) == "http://own.example:1"
    here = DiscordSection(api_url="http://127.0.0.1:4000/api/v10")
    assert proxies.of_discord(Settings(http=shared, discord=here)) == ""


class TestSettings:
    def load(self, folder: Path, text: str, environ: dict[str, str]) -> str:
        file = folder / "config.toml"
        file.write_text(text, encoding="utf-8")
        return config.load(file, environ).settings.http.proxy

    @pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
    def test_the_environments_proxy_counts_where_the_file_names_none(
        self, tmp_path: Path, name: str
    ) -> None:
        environ = {name: "socks5://proxy.example:1080"}
        assert self.load(tmp_path, "", environ) == "socks5://proxy.example:1080"
        own = '[http]\nproxy = "http://own.example:3128"\n'
        assert self.load(tmp_path, own, environ) == "http://own.example:3128"
        assert self.load(tmp_path, "", {}) == ""

    def test_what_is_no_proxy_is_refused_without_its_password(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as caught:
            self.load(tmp_path, '[http]\nproxy = "ftp://me:hunter2@proxy.example"\n', {})
        (problem,) = caught.value.problems
        assert problem.startswith("http.proxy: 'proxy.example' is not an address")
        assert "hunter2" not in str(caught.value)
