"""Dates as people type them. English, whatever the locale."""

from bot.parsing.date_completion import complete
from bot.parsing.dates import DoubtfulDate, parse

__all__ = ["DoubtfulDate", "complete", "parse"]
