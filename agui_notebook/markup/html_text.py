"""What a reader would read of HTML, as text. Pure; nothing of it is markup any more."""

from __future__ import annotations

from html.parser import HTMLParser

UNREAD = frozenset({"script", "style", "template", "head"})
LINES = frozenset({"p", "div", "br", "li", "tr", "table", "h1", "h2", "h3", "h4", "pre", "section"})


class _HtmlReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unread += tag in UNREAD
        self.read.append("\n" if tag in LINES else " " if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        self._unread = max(0, self._unread - (tag in UNREAD))

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.read.append(data)


def html_text(html: str) -> str:
    """The text of ``html``, one line for each of its lines, rows and paragraphs.

    >>> html_text("<b>Soup</b>: 20 minutes<script>x()</script>")
    'Soup: 20 minutes'
    """
    reader = _HtmlReader()
    reader.feed(html)
    reader.close()
    lines = ("".join(reader.read)).split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
