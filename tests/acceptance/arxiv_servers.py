"""arXiv's own servers: where their code comes from, and how they are started.

Their repositories and what these need from PyPI go into a cache folder outside the project, once;
nothing of theirs is installed, it is run where it lies. ``ACCEPTANCE_REPOSITORIES`` names another
folder or address to clone from than GitHub's.
"""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.acceptance import arxiv_app, cache
from tests.acceptance.steps import Unavailable
from tests.polling import until
from tests.processes import begin

# Each with the commit and those of its folders that are needed.
_REPOSITORIES = {
    "arxiv-base": ("0f94fa031ea1be3bea5753642b966e28f1571ea5", "arxiv", "gcp"),
    "arxiv-feed": ("110b5ab4e7f04c023c105bd27954f73f7629fdff", "feed"),
    "arxiv-browse": ("26f634fbf98de3d8d26efea90b021dca23dc500e", "browse"),
    "arxiv-oaipmh": ("5fa91ab16be9007d7e20cb78aed5d9e88677eab1", "oaipmh", "tests/data"),
}
# What lets the servers start. Those behind "time-machine" are ours.
_PACKAGES = (
    "flask==3.0.*", "sqlalchemy==2.0.*", "pydantic==2.*", "pydantic-settings==2.*",
    "feedgen==0.9.0", "flask-rangerequest==0.0.2", "flask-s3", "flask-wtf", "bleach", "validators",
    "pytz", "python-dateutil", "setuptools<81", "google-cloud-compute==1.*",
    "google-cloud-logging==3.*", "google-cloud-storage==3.*",
    "time-machine",
)  # fmt: skip
_START_SECONDS = 60


def prepare() -> None:
    """Code and environment, unless they are there. Raises Unavailable."""
    for name, (commit, *folders) in _REPOSITORIES.items():
        _clone(cache.folder() / name, commit, folders)
    # arXiv's settings ask which version of arxiv-base is installed.
    told = cache.folder() / "arxiv_base-0.dist-info" / "METADATA"
    told.parent.mkdir(exist_ok=True)
    told.write_text("Metadata-Version: 2.1\nName: arxiv-base\nVersion: 0\n")
    _install()


def _clone(place: Path, commit: str, folders: Sequence[str]) -> None:
    done = place / ".git" / f"acceptance-{commit}"
    if done.exists():
        return
    base = os.environ.get("ACCEPTANCE_REPOSITORIES") or "https://github.com/arXiv"
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    inside = ("git", "-C", place)
    flags = ("--quiet", "--no-checkout", "--filter=blob:none")
    cache.do("git", "clone", *flags, f"{base}/{place.name}", place)
    cache.do(*inside, "sparse-checkout", "set", *folders)
    cache.do(*inside, "checkout", "--quiet", "--detach", commit)
    done.touch()


def _install() -> None:
    """Anew where another Python made it, or other packages were wanted then."""
    place = cache.folder() / "environment"
    wanted = "\n".join((sys.version, *_PACKAGES))
    done = place / "acceptance.txt"
    if done.exists() and done.read_text() == wanted:
        return
    cache.do(sys.executable, "-m", "venv", "--clear", place)
    cache.do(place / "bin" / "pip", "install", "--quiet", *_PACKAGES)
    done.write_text(wanted)


@asynccontextmanager
async def serving(database: Path, name: str, instant: str, path: str) -> AsyncIterator[str]:
    """The address of arXiv's server ``name``, which takes it to be ``instant``, once ``path``
    answers. Raises Unavailable.
    """
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    python = cache.folder() / "environment" / "bin" / "python"
    log = database.with_name(f"{name}-{port}.log")
    words = [python, arxiv_app.__file__, cache.folder(), database, name, port, instant]
    with log.open("w") as out:
        process = begin(words, cwd=database.parent, stderr=out.fileno())
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as session:

            async def answers() -> bool:
                if process.poll() is not None:
                    said = log.read_text().strip().splitlines() or ["nothing"]
                    raise Unavailable(f"{name} ended at once: {said[-1]}")
                try:
                    async with session.get(url + path) as answer:
                        return answer.status == 200
                except aiohttp.ClientError:
                    return False

            await until(answers, _START_SECONDS, every=0.5)
        yield url
    finally:
        process.terminate()
        await asyncio.to_thread(process.communicate, timeout=20)
