"""Messages as Discord would show them, as one HTML page that needs nothing but itself."""

from bot.preview.markdown import markdown
from bot.preview.page import PreviewMessage, page

__all__ = ["PreviewMessage", "markdown", "page"]
