"""`python -m tests.pictures`: draws every kind of message into docs/images/.

The messages come from the real bot (``scenes``), are laid out by ``bot.demo.preview`` and drawn by
a headless Chromium. Where there is none, the pages are left as HTML and it says so.

`--theme light`, `--width 390`, `--only letter` and `--out FOLDER` are for looking at them in other
ways.
"""

import argparse
import asyncio
import struct
import sys
import zlib
from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.preview import page
from tests.pictures.browser import browser, find
from tests.pictures.scenes import BOT, Scene, scenes

IMAGES = Path(__file__).parents[2] / "docs" / "images"
ZONE = ZoneInfo("Europe/Berlin")
_WIDTH, _PHONE = 720, 390
# What stands around the messages, and is not worth a picture.
_AROUND = ", .channel, .day, .composer"


async def main(out: Path, theme: str, width: int, only: str) -> int:
    """The exit code: 1 where there is no browser."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        found = [scene for scene in await scenes(Path(folder)) if only in scene.name]
    program = find()
    if program is None:
        for scene in found:
            _write_page(scene, out)
        _say(f"There is no Chromium here to draw the pictures. Their pages are in {out} as HTML.")
        return 1
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with browser(program) as drawing:
            for scene in found:
                drawn = await drawing.picture(
                    _write_page(scene, Path(folder)),
                    width=_PHONE if scene.phone else width,
                    theme="light" if scene.phone else theme,
                    without="" if scene.whole else _AROUND,
                    most_height=scene.most_height,
                )
                file = out / f"{scene.name}.png"
                file.write_bytes(_png(drawn))
                _say(f"{file.name}: {drawn['width']} x {drawn['height']}, {file.stat().st_size:,}")
    return 0


def _write_page(scene: Scene, folder: Path) -> Path:
    html = page(scene.messages, channel=scene.channel, title="hotpapers", zone=ZONE)
    # A mention holds an id only, which the page cannot know the name of.
    for channel_id, name in scene.channels.items():
        html = html.replace(f'title="{channel_id}">#channel', f'title="{channel_id}">#{name}')
    html = html.replace(">@member<", f">@{BOT}<")
    file = folder / f"{scene.name}.html"
    file.write_text(html, encoding="utf-8")
    return file


def _png(drawn: dict[str, Any]) -> bytes:
    """A file as the PNG specification (W3C) has it: 8 bits a pixel, with a palette."""
    width, height = drawn["width"], drawn["height"]
    pixels = b64decode(drawn["pixels"])
    rows = (b"\0" + pixels[at : at + width] for at in range(0, len(pixels), width))
    colours = b"".join(colour.to_bytes(3, "big") for colour in drawn["palette"])
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 9)
    chunks = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    asked.add_argument("--theme", choices=("dark", "light"), default="dark")
    asked.add_argument("--width", type=int, default=_WIDTH)
    asked.add_argument("--out", type=Path, default=IMAGES)
    asked.add_argument("--only", default="", help="part of the names of the pictures to draw")
    said = asked.parse_args()
    said.out.mkdir(parents=True, exist_ok=True)
    sys.exit(asyncio.run(main(said.out, said.theme, said.width, said.only)))
