"""Comments that can be found again: each carries a marker that only machines see."""

from collections.abc import Iterator, Sequence
from typing import Any

from bot.ports import NotThere
from integrations.jira.connections import Connections
from integrations.jira.fields import MARKER, comment_body, has_marker, marker_value, person_id
from integrations.jira.wiki import wiki_of

PAGE = 100
MOST_PAGES = 5
MOST_SINGLY = 50
Comment = dict[str, Any]


def write_marked(connections: Connections, key: str, text: str, marker: str) -> str:
    """The id of the new comment. Raises: Unknown when the answer was lost: Jira has no key against a second one."""
    return str(connections.post(f"issue/{key}/comment", comment_body(text, marker), repeatable=False)["id"])


def find_marked(connections: Connections, key: str, marker: str, *, author: str, is_cloud: bool) -> str:
    """The id of the author's newest comment with this marker, among the newest few hundred; or an empty string."""
    return next(_marked(connections, key, marker, author=author, is_cloud=is_cloud), "")


def find_all_marked(connections: Connections, key: str, marker: str, *, author: str, is_cloud: bool) -> tuple[str, ...]:
    """All of them, oldest first."""
    return tuple(reversed([*_marked(connections, key, marker, author=author, is_cloud=is_cloud)]))


def rewrite(connections: Connections, key: str, comment: str, text: str) -> None:
    """Another text for a comment of ours; its properties stay as they are."""
    connections.put(f"issue/{key}/comment/{comment}", {"body": wiki_of(text)})


def _marked(connections: Connections, key: str, marker: str, *, author: str, is_cloud: bool) -> Iterator[str]:
    """Newest first."""
    look = _marked_on_cloud if is_cloud else _marked_on_data_center
    return look(connections, key, marker, author)


def _marked_on_cloud(connections: Connections, key: str, marker: str, author: str) -> Iterator[str]:
    """A list of comments has no properties on Cloud; comment/list, which takes ids, has."""
    for page in _own_pages(connections, key, author):
        ids = [int(comment["id"]) for comment in page]
        listed = connections.post("comment/list", {"ids": ids}, repeatable=True, expand="properties")["values"]
        marked = {str(comment["id"]) for comment in listed if has_marker(comment, marker)}
        yield from (str(comment["id"]) for comment in page if str(comment["id"]) in marked)


def _marked_on_data_center(connections: Connections, key: str, marker: str, author: str) -> Iterator[str]:
    """Data Center has no comment/list: one small question per comment of ours."""
    asked = 0
    for page in _own_pages(connections, key, author):
        for comment in page:
            if asked == MOST_SINGLY:
                return
            asked += 1
            if _marker_on(connections, str(comment["id"])) == marker_value(marker):
                yield str(comment["id"])


def _marker_on(connections: Connections, comment_id: str) -> Any:
    try:
        return connections.get(f"comment/{comment_id}/properties/{MARKER}").get("value")
    except NotThere:
        return None


def _own_pages(connections: Connections, key: str, author: str) -> Iterator[Sequence[Comment]]:
    """Our own comments, newest first: anybody may put a marker on theirs."""
    seen = 0
    for _ in range(MOST_PAGES):
        asked = {"orderBy": "-created", "startAt": seen, "maxResults": PAGE}
        page = connections.get(f"issue/{key}/comment", **asked)["comments"]
        if not page:  # the total is not to be trusted, and a server may give fewer at once than it was asked for
            return
        seen += len(page)
        if own := [comment for comment in page if person_id(comment.get("author")) == author]:
            yield own
