"""The forms of an HTML page, as a browser without JavaScript would send them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    action: str
    method: str
    #: Values by name, hidden ones and defaults included.
    fields: dict[str, str] = field(default_factory=dict)
    #: Names of the fields that a person fills in.
    visible: list[str] = field(default_factory=list)


def forms(html: str) -> list[Form]:
    reader = _Reader()
    reader.feed(html)
    return reader.found


def form(html: str, action: str) -> Form:
    """The one form that posts to a path."""
    matching = [form for form in forms(html) if form.action.partition("?")[0] == action]
    assert len(matching) == 1, f"{len(matching)} forms post to {action} in:\n{html}"
    return matching[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._open = Form(values.get("action", ""), values.get("method", "get").lower())
            self.found.append(self._open)
        elif tag in ("input", "button") and self._open and values.get("name"):
            kind = values.get("type", "text" if tag == "input" else "submit")
            self._open.fields[values["name"]] = values.get("value", "")
            if kind not in ("hidden", "submit"):
                self._open.visible.append(values["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
