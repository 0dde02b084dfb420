"""The page of an issue, as people see it: its fields, its links with their icons, its comments."""

from html import escape
from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import Behaviour
from integrations.jira.sandbox.errors import HTML, answer
from integrations.jira.sandbox.models import Comment, Issue, RemoteLink
from integrations.jira.sandbox.richtext import text_of
from integrations.jira.sandbox.shapes import stamp
from integrations.jira.sandbox.workflow import STATUSES

STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#172b4d}"
    "a{color:#0c66e4}h1{font-size:1.5rem}h2{font-size:1rem;margin-top:2rem}"
    ".status{padding:2px 8px;border-radius:3px;font-weight:600;font-size:.8rem}"
    ".new{background:#dfe1e6}.indeterminate{background:#deebff}.done{background:#dcfff1}"
    "li{list-style:none;margin:.4rem 0}ul{padding:0}.resolved a{text-decoration:line-through}"
    "small{color:#626f86}pre{white-space:pre-wrap;font:inherit;margin:.2rem 0}img{vertical-align:-3px}"
)


def browse(call: Call) -> Response:
    """Open to whoever looks at the stand-in; a former key leads on to the present one."""
    asked = call.part("key")
    issue = call.store.find(asked)
    if not issue or asked.isdigit():
        return answer(404, _document("Issue not found", f"<h1>{escape(asked)} does not exist</h1>"), media=HTML)
    if asked != issue.key:
        return answer(302, headers={"Location": f"/browse/{issue.key}"})
    return answer(200, _document(f"[{issue.key}] {issue.summary}", _issue(issue)), media=HTML)


def _document(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'


def _issue(issue: Issue) -> str:
    category = STATUSES[issue.status][1][1]
    who = escape(issue.assignee.name) if issue.assignee else "Unassigned"
    return (
        f"<small>{escape(issue.project.name)} / {escape(issue.key)} · {escape(issue.type)}</small>"
        f"<h1>{escape(issue.summary)}</h1>"
        f'<p><span class="status {category}">{escape(issue.status)}</span> <small>{who}</small></p>'
        f"{_flags(issue)}{_links(issue)}{_comments(issue)}"
    )


def _flags(issue: Issue) -> str:
    flags = {"archived": issue.archived, "hidden from Cabbie": issue.hidden or issue.project.hidden}
    shown = [name for name, is_set in flags.items() if is_set]
    shown += [f"security level: {issue.security}"] if issue.security else []
    return f"<p><small>{escape(', '.join(shown))}</small></p>" if shown else ""


def _links(issue: Issue) -> str:
    groups: dict[str, list[RemoteLink]] = {}
    for link in issue.links:
        groups.setdefault(link.relationship or "links to", []).append(link)
    return "".join(
        f"<h2>{escape(name)}</h2><ul>{''.join(_link(link) for link in links)}</ul>" for name, links in groups.items()
    )


def _link(link: RemoteLink) -> str:
    target, status = link.object, link.object["status"]
    tooltip = " ".join(w for w in (_bracketed(link.application.get("name")), target["icon"].get("title")) if w)
    css = ' class="resolved"' if status.get("resolved") else ""
    summary = f" <small>{escape(target['summary'])}</small>" if target.get("summary") else ""
    title = f'<a href="{escape(_safe(target["url"]))}">{escape(target["title"])}</a>'
    return f"<li{css}>{_icon(target['icon'], tooltip)}{title}{summary} {_icon(status['icon'])}</li>"


def _bracketed(name: str | None) -> str:
    return f"[{name}]" if name else ""


def _icon(icon: dict[str, Any], tooltip: str = "") -> str:
    """The picture, or its title in words where there is no picture."""
    title = escape(tooltip or icon.get("title", ""))
    if icon.get("url16x16"):
        return f'<img src="{escape(_safe(icon["url16x16"]))}" width="16" height="16" alt="{title}" title="{title}"> '
    return f"<small>{title}</small> " if title else ""


def _safe(url: str) -> str:
    return url if url.startswith(("https://", "http://", "data:image/")) else "#"


def _comments(issue: Issue) -> str:
    shown = "".join(_comment(comment) for comment in issue.comments)
    return f"<h2>Comments</h2><ul>{shown}</ul>" if shown else ""


def _comment(comment: Comment) -> str:
    seen = f" · restricted to {comment.visibility['value']}" if comment.visibility else ""
    facts = f"<small>{escape(comment.author.name)} · {stamp(comment.created)}{escape(seen)}</small>"
    return f"<li>{facts}<pre>{escape(text_of(comment.body))}</pre></li>"


BEHAVIOURS = (Behaviour("GET", "/browse/{key}", browse),)
