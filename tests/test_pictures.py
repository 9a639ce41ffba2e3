"""The pictures of docs/images/: each is used, each is there, and each can be made."""

import re
from pathlib import Path

import pytest

from tests.discordd.limits import check_message
from tests.pictures.scenes import scenes

ROOT = Path(__file__).parents[1]
DRAWN = {path.stem for path in (ROOT / "docs" / "images").glob("*.png")}


def test_every_picture_is_shown_in_a_document_and_there() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    texts = [document.read_text(encoding="utf-8") for document in documents]
    assert {name for text in texts for name in re.findall(r"images/([\w-]+)\.png", text)} == DRAWN


@pytest.mark.rehearsal
async def test_every_picture_comes_from_messages_of_the_bot(tmp_path: Path) -> None:
    made = await scenes(tmp_path)
    assert {scene.name for scene in made} == DRAWN
    for scene in made:
        for message in scene.messages:
            assert check_message({**message.payload, "flags": 1 << 15}) == []
