"""Dates as people type them, in the languages of ``bot.models.Language``."""

from bot.parsing.date_completion import complete
from bot.parsing.dates import DoubtfulDate, TypedDate, parse, parse_span

__all__ = ["DoubtfulDate", "TypedDate", "complete", "parse", "parse_span"]
