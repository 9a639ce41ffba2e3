"""Messages as Discord would show them, as one HTML page that needs nothing but itself."""

from bot.demo.preview.markdown import markdown
from bot.demo.preview.page import PreviewMessage, page

__all__ = ["PreviewMessage", "markdown", "page"]
