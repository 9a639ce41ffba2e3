"""Many members who press one button in the same moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from tests.discordd.actors import Actor
from tests.discordd.hub import Hub
from tests.discordd.interactions import Interaction
from tests.discordd.messages import Message


@dataclass(frozen=True, slots=True)
class Pressed:
    """What one of them saw. `seconds` from the press to the answer itself, not to "is thinking",
    on the server's clock; `text` is the answer's.
    """

    seconds: float
    text: str


async def press_at_once(
    hub: Hub, members: Sequence[Actor], message: Message, button: str, *, patience: float
) -> list[Pressed]:
    """Every press is on its way before the first answer is looked at.

    An answer that Discord refuses for being late counts as one of endless seconds. Raises
    TimeoutError when one is missing after `patience` seconds. One watcher looks for all, as a
    watcher each would cost more than the answers do.
    """
    presses = [member.send_click(message, button) for member in members]
    await hub.changes.until(lambda: all(map(_is_over, presses)), patience)
    arrived = _arrivals(hub)
    return [
        Pressed(arrived[one.token] - one.created, one.versions[-1].text)
        if one.versions and not one.illegal
        else Pressed(inf, "")
        for one in presses
    ]


def _is_over(one: Interaction) -> bool:
    return bool(one.illegal or one.versions)


def _arrivals(hub: Hub) -> dict[str, float]:
    """Token -> when the request with the last state of its answer was carried out."""
    return {
        part: logged.at
        for logged in hub.log
        for part in logged.path.split("/")
        if part.startswith("interaction-token-")
    }
