"""Past listing days, from arXiv's records or its snapshot. Resumable, whenever it is killed.

Two passes. The first stores every paper with the day that its submission time computes, part by
part; each part and the place in the source are one transaction. The second corrects, month by
month, the days of papers that moderation held back, from the ids beside them. Days that arXiv
printed are never changed. Done again, both change nothing.
"""

from bot.pipeline.backfill.checkpoint import Progress
from bot.pipeline.backfill.executor import RunOffThread, in_process, in_thread
from bot.pipeline.backfill.job import Backfill, Summary

__all__ = ["Backfill", "Progress", "RunOffThread", "Summary", "in_process", "in_thread"]
