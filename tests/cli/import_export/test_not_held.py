"""A week, month or year of which the archive has nothing."""

import json
from pathlib import Path

from tests.blog_posts import blog_post
from tests.cli.import_export.commands import AFTER, ROWS, Run, put


def test_a_year_that_is_not_held_says_so_and_what_is_nearest(run: Run, tmp_path: Path) -> None:
    run("import", put(tmp_path / "blog", AFTER, blog_post(AFTER, ROWS)))
    asked = ("hot", "--date", "2018-12-25", "--period", "year")  # a day without a listing
    found = json.loads(run(*asked, "--json").stdout)
    assert (found["period"], found["from"], found["to"]) == ("year", "2018-01-01", "2018-12-31")
    assert (found["papers"], found["nearest"]) == ([], {"before": None, "after": f"{AFTER}"})
    said = run(*asked).stdout
    assert "Nothing of 2018 is in the archive. The nearest day that is: " in said
