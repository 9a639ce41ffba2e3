"""A member who asks for this and that, and what became of it."""

from random import Random
from typing import Any

from benchmarks.beside import Discord, Refused

_QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("hot", {}),
    ("hot", {"period": "week"}),
    ("search", {"query": "attention"}),
    ("why", {"paper": "?"}),
    ("paper", {"paper": "?"}),
    ("help", {}),
)


class Member:
    """``papers`` are what it asks about; ``unanswered`` says what it was told instead."""

    def __init__(self, server: Discord, guild: dict[str, Any], papers: list[str]) -> None:
        self._server = server
        self._channel = int(guild["channels"][0]["id"])
        self._person = int(guild["members"][-1]["user"]["id"])
        self._papers = papers[:50]
        self._random = Random(5)
        self.answered = 0
        self.unanswered: list[str] = []

    def ask(self) -> None:
        """A question, and three seconds of patience."""
        name, options = self._random.choice(_QUESTIONS)
        paper = self._random.choice(self._papers)
        question = {
            "do": "slash",
            "channel": self._channel,
            "path": [name],
            "options": {key: paper if value == "?" else value for key, value in options.items()},
        }
        try:
            told = self._server.ask("POST", f"/people/{self._person}", question)
        except Refused as refusal:
            self.unanswered.append(refusal.body)
            return
        if told["versions"]:
            self.answered += 1
        else:
            self.unanswered.append(f"/{name} was not answered")
