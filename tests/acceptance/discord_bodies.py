"""Every kind of message, rebuilt by @discordjs/builders of npm with its own validators."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import cards
from bot.models import Layout
from tests.acceptance import cache
from tests.acceptance.steps import Steps
from tests.hostile.invariants import batch
from tests.pictures.scenes import scenes

_VERSION = "1.15.0"
_SCRIPT = Path(__file__).with_name("builders.mjs")
_HOSTILE_BATCHES = range(1, 31)

_Message = dict[str, object]


async def check(steps: Steps) -> None:
    """Raises Unavailable."""
    folder = cache.folder() / f"builders-{_VERSION}"
    done = folder / "acceptance.txt"
    cache.do("node", "--version")
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        cache.do(
            "npm", "install", "--silent", "--no-audit", "--prefix", folder,
            f"@discordjs/builders@{_VERSION}",
        )  # fmt: skip
        done.touch()
    with TemporaryDirectory() as place:
        messages = [*await _shown(Path(place)), *_hostile()]
        file = Path(place) / "messages.json"
        file.write_text(json.dumps(messages), encoding="utf-8")
        told = json.loads(cache.do("node", _SCRIPT, folder, file))
    for message in told:
        with steps.step(message["name"]):
            assert not message["why"], message["why"]
    with steps.step("no message is left out"):
        assert [message["name"] for message in told] == [message["name"] for message in messages]


async def _shown(folder: Path) -> list[_Message]:
    """Those of the pictures."""
    return [
        {"name": f"{scene.name} {number}", "components": message.payload["components"]}
        for scene in await scenes(folder)
        for number, message in enumerate(scene.messages, 1)
    ]


def _hostile() -> Iterator[_Message]:
    """Digests of papers that want to break a message."""
    for number in _HOSTILE_BATCHES:
        for layout in Layout:
            for part, view in enumerate(cards.digest(batch(number), layout=layout), 1):
                components = [item.to_component_dict() for item in view.children]
                yield {"name": f"hostile {number} {layout} {part}", "components": components}
