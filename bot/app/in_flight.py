"""What members have asked to be stored and is not stored yet. Erasing their data calls it off.

Between a command and what it stores Discord is asked; what was asked for before ``/privacy
delete`` must not be stored after it. Nothing is remembered of a request that has ended.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import InputError


class InFlightRequest:
    """One member's. ``require`` raises InputError once the member's data were erased."""

    def __init__(self) -> None:
        self._is_cancelled = False

    def cancel(self) -> None:
        self._is_cancelled = True

    def require(self) -> None:
        """To be asked in the transaction that stores something, which is either before the one
        that erases, or after the call."""
        if self._is_cancelled:
            raise InputError(
                "Your data were erased before this was done, so nothing of it is stored."
            )


class InFlightRequests:
    def __init__(self) -> None:
        self._open: dict[int, set[InFlightRequest]] = {}

    @contextmanager
    def of(self, member_id: int) -> Iterator[InFlightRequest]:
        request = InFlightRequest()
        self._open.setdefault(member_id, set()).add(request)
        try:
            yield request
        finally:
            left = self._open[member_id]
            left.discard(request)
            if not left:
                del self._open[member_id]

    def cancel(self, member_id: int) -> None:
        """To be done before the member's data are erased."""
        for request in self._open.get(member_id, ()):
            request.cancel()
