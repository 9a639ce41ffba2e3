"""The archive: one SQLite file, one writer thread, readers beside it. The only SQL is here.

Query functions are plain functions whose first argument is a ``Database``, in one file per
family of tables (``papers``, ``days``, ``posts``, ``standings``, ``rules``, ``ledger``,
``usage``, ``meta``). The Archive runs them in its threads::

    await archive.write(papers.save, listed, now=clock.now())   # one transaction
    await archive.read(papers.get, "2103.15691")

Instants are stored as whole seconds since 1970, listing days as ``YYYY-MM-DD``.
"""

from bot.store.archive import Archive

__all__ = ["Archive"]
