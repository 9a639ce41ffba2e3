"""A day that is not in the archive: rightly, or with its mend."""

from datetime import date, datetime, timedelta

from bot.arxiv import calendar
from bot.config import Config
from bot.errors import HotpapersError

# arXiv's pages of past days reach so far back.
_CATCHUP = timedelta(days=89)


def why_no_listing(day: date, config: Config, now: datetime) -> str:
    """Why arXiv had no listing on ``day``, such as "a Saturday".

    Raises HotpapersError when it had one, or will have: then the day is missing.
    """
    deferred = frozenset(config.settings.arxiv.deferred)
    if day > calendar.latest_mailed(now, deferred):
        raise HotpapersError(f"There is no listing of {day} yet.")
    reason = calendar.why_none(day, deferred)
    if reason is None:
        command = f"daily --date {day}" if now.date() - day < _CATCHUP else f"backfill {day} {day}"
        raise HotpapersError(f"{day} is not in the archive. 'hotpapers {command}' harvests it.")
    return reason
