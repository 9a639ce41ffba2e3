"""CSV as dataframes and spreadsheets take it."""

import csv
import io
from collections.abc import Mapping

import pytest

from bot.arxiv import ids
from bot.models import Era, Paper, Period, Ranking
from bot.output import csv_text
from bot.ranking.scoring import rank
from tests import factories


def row(paper: Paper) -> Mapping[str, str]:
    ranking = Ranking(
        start=factories.DAY,
        end=factories.DAY,
        period=Period.DAY,
        era=Era.HOTPAPERS,
        papers=rank([paper], [], {}),
        listed=1,
        above_bar=1,
        bar=0,
        counted_at=None,
        outcomes=(),
    )
    (cells,) = csv.DictReader(io.StringIO(csv_text([ranking])))
    return cells


@pytest.mark.parametrize("arxiv_id", ["2009.07110", "0704.0001", "1410.5340", "hep-th/9901001"])
def test_no_id_is_a_number_and_it_is_read_as_the_bare_one_was(arxiv_id: str) -> None:
    cell = row(factories.paper(arxiv_id))["arxiv_id"]
    assert cell == f"arXiv:{arxiv_id}"
    with pytest.raises(ValueError, match="could not convert"):
        float(cell)
    assert ids.normalise(cell) == ids.normalise(arxiv_id) == arxiv_id


@pytest.mark.parametrize(
    "text",
    ["=1+1", "-1 is a square", "+ or -", "@home", " =1+1", "＝１＋１", "－1", "＠home", "\t=1"],
)
def test_no_cell_is_computed_by_a_spreadsheet(text: str) -> None:
    cells = row(factories.paper(title=text, authors=("Ada One", text)))
    assert cells["title"] == f"'{text}"
    assert cells["authors"] == f"Ada One; '{text}"


@pytest.mark.parametrize("text", ["a = b", "'s Gravenhage", "C++", "x-1", '"=1"', "$x$, 1"])
def test_an_ordinary_title_stays_as_it_is(text: str) -> None:
    assert row(factories.paper(title=text))["title"] == text
