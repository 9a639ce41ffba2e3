"""The only outgoing HTTP client: timeouts, pacing, Retry-After, conditional GET, size limits, and
where redirects may lead.

Every failure leaves as a SourceError of ``bot.errors``, never as one of aiohttp's. No error and
no log line carries a header, or the value of a token-like query key.
"""

from bot.http.answers import Response, http_date, mask
from bot.http.client import Http
from bot.http.rate_limiter import RateLimiter
from bot.http.request_counter import Count, Requests
from bot.http.validators import MemoryValidators, Remembered, Validators
from bot.http.wire import Stream

__all__ = [
    "Count",
    "Http",
    "MemoryValidators",
    "RateLimiter",
    "Remembered",
    "Requests",
    "Response",
    "Stream",
    "Validators",
    "http_date",
    "mask",
]
