"""Follows every link between the built pages: each must lead to a file, and to a place in it.

The builder checks what it wrote of Markdown; notebooks and plain HTML are seen here only.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ATTRIBUTES = ("href", "src")


class PageReader(HTMLParser):
    """The links of a page, and the names that can be jumped to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.places: set[str] = {""}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Called for every element."""
        for name, value in attributes:
            if name in ATTRIBUTES and value:
                self.links.add(value)
            elif name == "id" and value:
                self.places.add(value)


def read_page(path: Path) -> PageReader:
    """One page. Nothing is fetched."""
    reader = PageReader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def dead_links(site: Path, *, apart: str) -> list[str]:
    """Every link that leads nowhere, with its page; ``apart`` is a folder to leave alone."""
    paths = [path for path in site.rglob("*.html") if apart not in path.relative_to(site).parts]
    pages = {path.resolve(): read_page(path) for path in paths if path.name != "404.html"}
    return sorted(
        f"{path.relative_to(site.resolve())}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not _is_alive(link, path, pages, apart)
    )


def _is_alive(link: str, path: Path, pages: dict[Path, PageReader], apart: str) -> bool:
    url = urlsplit(link)
    if url.scheme or url.netloc or url.path.split("/")[0] == apart:
        return True
    target = (path.parent / unquote(url.path)).resolve() if url.path else path
    if not target.is_file():
        return False
    known = pages.get(target)
    return known is None or unquote(url.fragment) in known.places
