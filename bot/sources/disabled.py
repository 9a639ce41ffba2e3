"""The source of a network that is not asked: switched off, or without its key."""

from bot.clock import Clock
from bot.models import Network, Outcome, Status
from bot.problems import Problem
from bot.sources import Collected, Wanted


class Off:
    """``reason`` tells what would switch it on."""

    def __init__(self, network: Network, reason: Problem, clock: Clock) -> None:
        self.network = network
        self.reason = reason
        self._clock = clock

    async def collect(self, wanted: Wanted) -> Collected:
        outcome = Outcome(
            source=self.network, status=Status.OFF, at=self._clock.now(), reason=self.reason
        )
        return Collected(network=self.network, posts=(), outcome=outcome)
