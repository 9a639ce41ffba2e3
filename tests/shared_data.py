"""Data that some checkouts have beside them, in a folder `shared`; it is no part of the project."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


def needs(path: Path) -> pytest.MarkDecorator:
    """Marks a test that reads ``path``: where it is absent there is nothing to compare with."""
    return pytest.mark.skipif(not path.exists(), reason=f"{path.name} is not beside the checkout")
