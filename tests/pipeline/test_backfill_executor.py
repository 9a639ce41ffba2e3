"""The process beside a backfill's own: it may be killed, and Ctrl-C is not its business."""

import asyncio
import multiprocessing
import os
import signal

import pytest

from bot.pipeline.backfill import in_process

pytestmark = pytest.mark.rehearsal  # the process takes a second to start


async def test_without_the_other_process_the_work_goes_on_in_this_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with in_process() as elsewhere:
        worker = await elsewhere(os.getpid)
        os.kill(worker, signal.SIGKILL)
        assert [await elsewhere(os.getpid) for _ in range(3)] == [os.getpid()] * 3
    assert worker != os.getpid()
    assert caplog.text.count("backfill.reader_lost") == 1


async def test_ctrl_c_is_not_the_other_process_business_even_while_it_starts() -> None:
    with in_process() as elsewhere:
        asking = asyncio.create_task(elsewhere(os.getpid))
        await asyncio.sleep(0)
        [worker] = multiprocessing.active_children()
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGINT)
        assert await asking == worker.pid
        os.kill(worker.pid, signal.SIGINT)
        assert await elsewhere(os.getpid) == worker.pid
