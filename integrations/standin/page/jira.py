"""The stories as the page shows them."""

from typing import Any

DONE = frozenset({"Done", "Closed", "Resolved"})


def view(state: dict[str, Any]) -> dict[str, Any]:
    return {"stories": [_story(issue) for issue in state["issues"]]}


def _story(issue: dict[str, Any]) -> dict[str, Any]:
    notes = [note for note in (issue.get("security"), "archived" if issue.get("archived") else "") if note]
    return {
        "key": issue["key"],
        "summary": issue["summary"],
        "status": issue["status"],
        "done": issue["status"] in DONE,
        "notes": [*notes, *(f"was {key}" for key in issue.get("former_keys", ()))],
        "links": [_link(link) for link in issue.get("remote_links", ())],
        "comments": [_comment(comment) for comment in issue.get("comments", ())],
    }


def _link(link: dict[str, Any]) -> dict[str, Any]:
    target = link["object"]
    status = target.get("status") or {}
    return {
        "title": target.get("title") or "",
        "url": target.get("url") or "",
        "relationship": link.get("relationship") or "",
        "resolved": bool(status.get("resolved")),
        "icon": (status.get("icon") or {}).get("title") or "",
    }


def _comment(comment: dict[str, Any]) -> dict[str, Any]:
    return {"text": comment["body"], "visibility": (comment.get("visibility") or {}).get("value", "")}
