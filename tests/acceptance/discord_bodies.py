"""Every kind of message, rebuilt by @discordjs/builders of npm with its own validators."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.acceptance import cache
from tests.acceptance.steps import Steps
from tests.pictures.scenes import scenes

_VERSION = "1.15.0"
_SCRIPT = Path(__file__).with_name("builders.mjs")


async def check(steps: Steps) -> None:
    """Raises Unavailable."""
    folder = cache.folder() / f"builders-{_VERSION}"
    done = folder / "acceptance.txt"
    cache.do("node", "--version")
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        cache.do(
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--prefix",
            folder,
            f"@discordjs/builders@{_VERSION}",
        )
        done.touch()
    with TemporaryDirectory() as place:
        messages = [
            {"name": f"{scene.name} {number}", "components": message.payload["components"]}
            for scene in await scenes(Path(place))
            for number, message in enumerate(scene.messages, 1)
        ]
        file = Path(place) / "messages.json"
        file.write_text(json.dumps(messages))
        told = json.loads(cache.do("node", _SCRIPT, folder, file))
    for message in told:
        with steps.step(message["name"]):
            assert not message["why"], message["why"]
    with steps.step("no message is left out"):
        assert [message["name"] for message in told] == [each["name"] for each in messages]
