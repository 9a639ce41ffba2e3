"""A file that stands for a Discord channel: it keeps messages, and knows their nonces."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.models import Delivery, Rule
from bot.problems import Problem


class FileChannel:
    """A Postbox. As Discord does, it answers a nonce that it has seen with the first message."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    def messages(self) -> list[tuple[datetime, dict[str, Any]]]:
        """What stands in the channel, oldest first: when it was sent, and its body."""
        return [(datetime.fromisoformat(m["at"]), m["body"]) for m in self._load()]

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        kept = self._load()
        for place, message in enumerate(kept, 1):
            if message["body"]["nonce"] == body["nonce"]:
                return place
        kept.append({"at": self._clock.now().isoformat(), "body": dict(body)})
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(kept), encoding="utf-8")
        fresh.replace(self._path)
        return len(kept)

    async def find(self, channel_id: int, delivery: Delivery) -> int | None:
        nonces = [message["body"]["nonce"] for message in self._load()]
        return nonces.index(delivery.nonce) + 1 if delivery.nonce in nonces else None

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> None:
        """A file has no threads."""

    def is_ready(self) -> bool:
        return True

    def desk(self, guild_id: int) -> int | None:
        return None

    def is_out(self, rule: Rule) -> bool:
        return False

    def problem(self, rule: Rule) -> Problem | None:
        return None

    def _load(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        messages: list[dict[str, Any]] = json.loads(self._path.read_text(encoding="utf-8"))
        return messages
