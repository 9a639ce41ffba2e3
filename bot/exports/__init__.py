"""Rankings and papers -> files for other programs. Pure."""

from bot.exports.bibtex import bibtex
from bot.exports.table import csv_rows, csv_text

__all__ = ["bibtex", "csv_rows", "csv_text"]
