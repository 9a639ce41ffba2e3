"""One of arXiv's servers on loopback: `python arxiv_app.py FOLDER DATABASE NAME PORT INSTANT`.

Runs in an environment of its own (``arxiv_servers``), not in this program's: it imports arXiv's
code from the repositories in FOLDER. INSTANT is what time the server takes it to be.
"""

import os
import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path

# arXiv's own is 2,000, more than its test database has.
RECORDS_PER_PAGE = 40


def serve(folder: Path, database: Path, name: str, port: int, instant: str) -> None:
    """Until it is ended."""
    os.environ |= {
        "CLASSIC_DB_URI": f"sqlite:///{database}",
        "LATEXML_DB_URI": "",
        "DOCUMENT_ABSTRACT_SERVICE": "browse.services.documents.db_docs",
    }
    sys.path[:0] = [str(folder), *map(str, folder.glob("arxiv-*"))]
    import_module("time_machine").travel(datetime.fromisoformat(instant)).start()
    if name == "oaipmh":
        vars(import_module("oaipmh.data.oai_config"))["RECORDS_LIMIT"] = RECORDS_PER_PAGE
    app = import_module(f"{name}.factory").create_web_app()
    import_module("werkzeug.serving").run_simple("127.0.0.1", port, app, threaded=True)


if __name__ == "__main__":
    folder, database, name, port, instant = sys.argv[1:]
    serve(Path(folder), Path(database), name, int(port), instant)
