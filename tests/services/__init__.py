"""Loopback doubles of the remote services, for tests and benchmarks.

Each is started by ``async with`` (or ``base.in_thread``) and reached at its ``url``, the base to
which the service's documented paths are appended. Their facts come from the services' own
documents and code; they share no code with ``bot``, so that an error there is not repeated here.
"""

from tests.services.arxivd import ArxivD
from tests.services.bskyd import BskyD
from tests.services.hfd import HfD
from tests.services.hnd import HnD
from tests.services.mastodond import MastodonD
from tests.services.xd import XD

__all__ = ["XD", "ArxivD", "BskyD", "HfD", "HnD", "MastodonD"]
