"""What a member sees of the app's answer."""

from typing import TYPE_CHECKING, Literal, TypeAlias

from tests.discordd.changes import Probe
from tests.discordd.interactions import (
    CHOICES,
    DEFERRED_UPDATE,
    MESSAGE,
    MODAL,
    THINKING,
    UPDATE,
    Interaction,
)
from tests.discordd.messages import Message
from tests.discordd.wire import Obj

if TYPE_CHECKING:
    from tests.discordd.hub import Hub

Kind: TypeAlias = Literal["message", "thinking", "deferred update", "update", "choices", "modal"]
_KINDS: dict[int, Kind] = {
    MESSAGE: "message",
    THINKING: "thinking",
    DEFERRED_UPDATE: "deferred update",
    UPDATE: "update",
    CHOICES: "choices",
    MODAL: "modal",
}


class Answer:
    """Stays up to date: later edits and followups show up in it as they come."""

    def __init__(self, hub: "Hub", interaction: Interaction, seconds: float) -> None:
        self._hub = hub
        self.interaction = interaction
        self.seconds = seconds
        """How long the first answer took, in real seconds."""

    def __repr__(self) -> str:
        seen = self.versions[-1].text[:80] if self.versions else ""
        return f"<Answer to {self.interaction.label}: {self.kind} {seen!r}>"

    @property
    def kind(self) -> Kind:
        """Of the first answer; `thinking` also after the deferred answer has come."""
        return _KINDS[self.interaction.answered or MESSAGE]

    @property
    def ephemeral(self) -> bool:
        return self.interaction.ephemeral

    @property
    def versions(self) -> tuple[Message, ...]:
        """The states that the answering message has had, oldest first."""
        return tuple(self.interaction.versions)

    @property
    def message(self) -> Message:
        """The answering message as it stands; after a button's update, the message with it."""
        if not self.interaction.versions:
            raise AssertionError(f"{self!r} has no message")
        return self.interaction.versions[-1]

    @property
    def text(self) -> str:
        return self.message.text

    @property
    def followups(self) -> tuple[Message, ...]:
        return tuple(self.interaction.followups.values())

    @property
    def choices(self) -> list[tuple[str, str | int | float]]:
        """Name and value of each choice of an autocomplete."""
        return [(one["name"], one["value"]) for one in self.interaction.choices]

    @property
    def modal(self) -> Obj:
        if self.interaction.modal is None:
            raise AssertionError(f"{self!r} is no modal")
        return self.interaction.modal

    async def followup(self, index: int = 0, seconds: float = 5.0) -> Message:
        """Waits for the followup of that number."""
        await self._until(lambda: len(self.followups) > index, seconds, f"followup {index}")
        return self.followups[index]

    async def version(self, index: int, seconds: float = 5.0) -> Message:
        """Waits for an edit: version 0 is the answer as it first came."""
        await self._until(lambda: len(self.versions) > index, seconds, f"version {index}")
        return self.versions[index]

    async def _until(self, probe: Probe, seconds: float, what: str) -> None:
        try:
            await self._hub.changes.until(probe, seconds)
        except TimeoutError:
            raise AssertionError(f"no {what} of {self!r} within {seconds} s") from None
