"""Reads the HTML of status pages, more strictly than browsers do."""

from html.parser import HTMLParser

from asura.domain.board import Board
from asura.web.status import html
from asura.web.status.showing import Showing
from tests.web.status import samples
from tests.web.status.samples import showing

VOID = {"meta", "link", "input", "img", "br", "hr"}


class Tree(HTMLParser):
    """Reads a page strictly: every element is closed where it should be, every id is there once."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []
        ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]
        assert len(ids) == len(set(ids))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        """Return everything that is said."""
        return " ".join(self.texts)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


def read(shown: Board, **more: object) -> Tree:
    """Return the page of a board, read."""
    return Tree(html.page(showing(shown, **more)).decode())


def pages(shown: Showing) -> dict[str, bytes]:
    """Return every kind of page there is."""
    said = html.Said("Title", ("Line",), "Go", "/x", {"token": "a"})
    form = html.Form("/x", "Title", "Text", ["email", "slack"], components=[("", shown.board.components)])
    posts = (*shown.board.active, *shown.board.past)
    return {
        "page": html.page(shown),
        "frame": html.frame(shown),
        "history": html.history(shown, samples.TODAY.replace(day=1), posts, (), samples.TODAY.replace(month=8)),
        "message": html.message(shown, said),
        "subscribe": html.subscribe(shown, form),
        "login": html.login(shown, "wrong_password"),
        **{f"incident {post.id}": html.incident(shown, post) for post in posts},
    }
