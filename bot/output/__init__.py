"""Rankings and papers -> files for other programs. Pure."""

from bot.output.bibtex import bibtex
from bot.output.csv import csv_text

__all__ = ["bibtex", "csv_text"]
