#!/bin/sh
# One would guess that a CSV column of ids such as 2009.07110 is read alike in every file, and that
# an id is either kept or visibly refused.
# DuckDB takes the column for text when one id among the rows that it samples (20,480) begins with
# a zero, 0704.0001, and for DOUBLE otherwise: then 2009.07110 is 2009.0711, and a later 0704.0001
# is silently 704.0001, though the same value in the first row would have made all of it text.
# So the export of one month of an archive joins with itself and that of another month does not.
# Our CSV has ids as arXiv:2009.07110 for that reason (docs/archive.md).
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1

cat > "$folder/try.py" <<'PYTHON'
import sys

import duckdb

print("DuckDB", duckdb.__version__)


def read(name: str, ids: list[str]) -> tuple[str, str, str]:
    """The column's type, and the first and the last id as text."""
    path = f"{sys.argv[1]}/{name}.csv"
    with open(path, "w") as file:
        file.write("arxiv_id,n\n" + "".join(f"{each},1\n" for each in ids))
    table = duckdb.sql(f"SELECT * FROM '{path}'")
    rows = table.fetchall()
    seen = str(table.types[0]), str(rows[0][0]), str(rows[-1][0])
    print(f"{name}: {len(ids):,} ids from {ids[0]} to {ids[-1]} are {seen}")
    return seen


without = read("without-a-zero", ["2009.07110", "2103.15691"])
beside = read("zero-in-the-second-row", ["2009.07110", "0704.0001"])
late = read("zero-behind-the-sample", ["2009.07110"] * 30_000 + ["0704.0001"])
prefixed = read("with-a-prefix", ["arXiv:2009.07110"] * 30_000 + ["arXiv:0704.0001"])
as_described = (
    without == ("DOUBLE", "2009.0711", "2103.15691")
    and beside == ("VARCHAR", "2009.07110", "0704.0001")
    and late == ("DOUBLE", "2009.0711", "704.0001")
    and prefixed == ("VARCHAR", "arXiv:2009.07110", "arXiv:0704.0001")
)
print("as described" if as_described else "NOT as described any more")
sys.exit(not as_described)
PYTHON
"$folder/venv/bin/python" "$folder/try.py" "$folder"
