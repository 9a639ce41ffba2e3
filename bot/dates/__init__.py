"""Dates as people type them. English, whatever the locale."""

from bot.dates.completing import complete
from bot.dates.reading import DoubtfulDate, parse

__all__ = ["DoubtfulDate", "complete", "parse"]
