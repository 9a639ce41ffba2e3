"""mastodon_mock of PyPI, two servers of it: the steps are those of the rehearsal."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from tests.acceptance.steps import Steps, Unavailable
from tests.processes import run
from tests.sources import test_mastodon_mock as rehearsal


async def check(steps: Steps) -> None:
    """Raises Unavailable."""
    if not rehearsal.PYTHON.exists():
        raise Unavailable("mastodon_mock is not installed (make acceptance does it)")
    with TemporaryDirectory() as place:
        report = Path(place) / "report.xml"
        flags = ("-q", "-m", "rehearsal", f"--junitxml={report}")
        done = run([sys.executable, "-m", "pytest", *flags, rehearsal.__file__], seconds=300)
        tree = ElementTree.parse(report) if report.exists() else None  # noqa: S314 - pytest's own
        cases = list(tree.iter("testcase")) if tree is not None else []
    for case in cases:
        with steps.step(case.get("name", "")):
            assert len(case) == 0, case[0].get("message")
    with steps.step("pytest ends well"):
        assert done.returncode == 0, done.stdout[-1000:]
