"""A headless Chromium that is asked for pictures through the Chrome DevTools Protocol.

It draws files only: no network, no profile that stays.
"""

import asyncio
import json
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import aiohttp

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--remote-debugging-port=0",
)  # fmt: skip
_SECONDS = 60
_MAX_BYTES = 64 * 2**20  # of one answer, which may be a picture in base64

_LOADED = """
document.readyState === "complete" || new Promise((done) => { onload = () => done(true); })
"""

# Where the messages are, when the page is laid out. The switches above them are ours.
_LAID_OUT = """
async (without) => {
  for (const one of document.querySelectorAll("nav" + without)) one.remove();
  document.querySelector(".frame").style.margin = 0;
  await document.fonts.ready;
  const { top, height } = document.querySelector(".frame").getBoundingClientRect();
  return { top: Math.floor(top), height: Math.ceil(height) };
}
"""

# The picture's colours, at most 256: frequent ones first, none too near to another. Text
# at its edges has hundreds that nobody tells apart; with a palette a picture is a third as large.
_PALETTE = """
async (png) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, image.width, image.height).data;
  const count = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const colour = data[i] << 16 | data[i + 1] << 8 | data[i + 2];
    count.set(colour, (count.get(colour) ?? 0) + 1);
  }
  const colours = [...count].sort((a, b) => b[1] - a[1]).map(([colour]) => colour);
  const far = (a, b) => ((a >> 16) - (b >> 16)) ** 2 + ((a >> 8 & 255) - (b >> 8 & 255)) ** 2
    + ((a & 255) - (b & 255)) ** 2;
  let palette = colours;
  for (let near = 4; palette.length > 256; near *= 1.5) {
    palette = [];
    for (const colour of colours) {
      if (palette.every((other) => far(other, colour) >= near)) palette.push(colour);
    }
  }
  const place = new Map(colours.map((colour) => [colour, palette.reduce((best, other, at) =>
    far(other, colour) < far(palette[best], colour) ? at : best, 0)]));
  let pixels = "";
  for (let i = 0; i < data.length; i += 4) {
    pixels += String.fromCharCode(place.get(data[i] << 16 | data[i + 1] << 8 | data[i + 2]));
  }
  return { width: image.width, height: image.height, palette, pixels: btoa(pixels) };
}
"""


def find() -> str | None:
    """The browser's program, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@asynccontextmanager
async def browser(program: str) -> AsyncIterator["Browser"]:
    """Chromium with one empty page. It ends at the end."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program, *_SWITCHES, f"--user-data-dir={profile}", "about:blank",
            stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE,
        )  # fmt: skip
        assert process.stderr is not None
        try:
            async with asyncio.timeout(_SECONDS):
                address = await _address(process.stderr)
            # Nobody reads on: it must not wait for a full pipe.
            rest = asyncio.create_task(process.stderr.read())
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(address, max_msg_size=_MAX_BYTES) as socket,
            ):
                found = Browser(socket)
                await found.open()
                yield found
            process.terminate()
            await rest
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _address(said: asyncio.StreamReader) -> str:
    """Where it listens, which it says once at its start."""
    async for line in said:
        if found := re.search(rb"ws://127\.0\.0\.1:\S+", line):
            return found[0].decode()
    raise RuntimeError("Chromium ended at once.")


class Browser:
    """One page of a running Chromium."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._session = ""
        self._asked = 0

    async def open(self) -> None:
        target = await self._ask("Target.createTarget", url="about:blank")
        found = await self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = found["sessionId"]

    async def navigate(self, page: Path, **query: str) -> None:
        """To ``page``, until it is laid out."""
        await self._ask("Page.navigate", url=f"{page.as_uri()}?{urlencode(query)}")
        await self.value(_LOADED)

    async def picture(
        self, page: Path, *, width: int, theme: str, without: str = "", most_height: int = 10_000
    ) -> dict[str, Any]:
        """The page's messages as ``width``, ``height``, ``palette`` (of 0xRRGGBB) and ``pixels``.

        ``without`` selects (in CSS) what is taken out of the page first; below ``most_height`` the
        picture is cut off.
        """
        await self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=1000, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        await self.navigate(page, theme=theme)
        size = await self.value(f"({_LAID_OUT})({json.dumps(without)})")
        height = min(size["height"], most_height)
        clip = {"x": 0, "y": size["top"], "width": width, "height": height, "scale": 1}
        shot = await self._ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        await self._ask("Page.navigate", url="about:blank")
        picture: dict[str, Any] = await self.value(f"({_PALETTE})({json.dumps(shot['data'])})")
        return picture

    async def value(self, script: str) -> Any:  # noqa: ANN401 - what the script gives, as JSON
        found = await self._ask(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"]))
        return found["result"].get("value")

    async def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._asked += 1
        asked: dict[str, object] = {"id": self._asked, "method": method, "params": parameters}
        if self._session:
            asked["sessionId"] = self._session
        await self._socket.send_json(asked)
        while True:
            answer = await self._socket.receive_json(timeout=_SECONDS)
            if answer.get("id") == self._asked:
                break
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result
