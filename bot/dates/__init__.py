"""Dates as people type them, and dates as people read them. English, whatever the locale."""

from bot.dates.completing import complete
from bot.dates.reading import DoubtfulDate, parse
from bot.dates.words import human

__all__ = ["DoubtfulDate", "complete", "human", "parse"]
