"""One measured figure, with what it is compared to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """``baseline`` is what the figure is compared with, measured in the same run or known.

    ``goal`` is in the figure's unit; whether it is ``met`` the measurer knows, since less may
    be better.
    """

    name: str
    figure: float
    unit: str
    baseline: float
    goal: float
    met: bool
