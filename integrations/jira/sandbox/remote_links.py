"""Remote issue links: where a story points to its change request."""

from typing import Any

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour
from integrations.jira.sandbox.errors import answer, refused
from integrations.jira.sandbox.history import link_line, note
from integrations.jira.sandbox.models import Issue, RemoteLink
from integrations.jira.sandbox.remote_link_body import link_of

MOST_PER_ISSUE = 2000
TAKEN = "Another remote issue link of this issue has this global ID."
PATH = API + "/issue/{key}/remotelink"
ONE = PATH + "/{link}"


def read_all(call: Call) -> Response:
    """An array; with ``globalId`` the one link that has it."""
    _need_linking(call)
    issue, global_id = call.issue(), call.query("globalId")
    if global_id is None:
        return answer(200, [_json(call, issue, link) for link in issue.links])
    return answer(200, _json(call, issue, _by_global_id(issue, global_id)))


def write(call: Call) -> Response:
    """Create, or update where the issue has a link of this globalId: what is not sent again is lost."""
    issue = _issue_to_link(call)
    facts = link_of(call.members())
    known = [link for link in issue.links if facts["global_id"] and link.global_id == facts["global_id"]]
    if known:
        _overwrite(known[0], facts)
        return answer(200, _identity(call, issue, known[0]))
    if len(issue.links) >= MOST_PER_ISSUE:
        raise refused(413, f"The issue already has the maximum of {MOST_PER_ISSUE} remote links.")
    link = call.store.link_from(issue, facts)
    note(call.site, issue, call.actor, (link_line(_title(link), link.id, is_new=True),), silently=True)
    return answer(201, _identity(call, issue, link))


def delete_by_global_id(call: Call) -> Response:
    issue, global_id = _issue_to_link(call), call.query("globalId")
    if not global_id:
        raise refused(400, errors={"globalId": "'globalId' is required."})
    _remove(call, issue, _by_global_id(issue, global_id))
    return answer(204)


def read_one(call: Call) -> Response:
    _need_linking(call)
    issue = call.issue()
    return answer(200, _json(call, issue, _by_id(call, issue)))


def overwrite_one(call: Call) -> Response:
    issue = _issue_to_link(call)
    link, facts = _by_id(call, issue), link_of(call.members())
    if facts["global_id"] and any(o.global_id == facts["global_id"] and o is not link for o in issue.links):
        raise refused(400, errors={"globalId": TAKEN})  # unique on each issue; the words are unverified
    _overwrite(link, facts)
    return answer(204)


def delete_one(call: Call) -> Response:
    issue = _issue_to_link(call)
    _remove(call, issue, _by_id(call, issue))
    return answer(204)


def _issue_to_link(call: Call) -> Issue:
    issue = call.issue_to_write()
    _need_linking(call)
    call.need("can_link", 403, "You do not have permission to link issues in this project.")
    return issue


def _need_linking(call: Call) -> None:
    call.need_setting("issue_linking", 403, "Issue linking is currently disabled.")


def _by_global_id(issue: Issue, global_id: str) -> RemoteLink:
    for link in issue.links:
        if link.global_id == global_id:
            return link
    raise refused(404, f"No remote issue link with the global ID '{global_id}' exists on this issue.")


def _by_id(call: Call, issue: Issue) -> RemoteLink:
    text = call.part("link")
    if call.number("link") is None:
        raise refused(400, f"'{text}' is not a valid remote issue link ID.")
    found = call.store.link(text)
    if not found:
        raise refused(404, f"No remote issue link with the ID '{text}' exists.")
    owner, link = found
    if owner is not issue:
        raise refused(400, f"The remote issue link with the ID '{text}' does not belong to this issue.")
    return link


def _remove(call: Call, issue: Issue, link: RemoteLink) -> None:
    call.store.unlink(issue, link)
    note(call.site, issue, call.actor, (link_line(_title(link), link.id, is_new=False),), silently=True)


def _title(link: RemoteLink) -> str:
    name = link.application.get("name")
    return f"{link.object['title']} ({name})" if name else str(link.object["title"])


def _overwrite(link: RemoteLink, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(link, name, value)


def _identity(call: Call, issue: Issue, link: RemoteLink) -> dict[str, Any]:
    return {"id": link.id, "self": call.url(f"/issue/{issue.key}/remotelink/{link.id}")}


def _json(call: Call, issue: Issue, link: RemoteLink) -> dict[str, Any]:
    """As Jira shows it: texts that are null are left out, objects that are null are empty."""
    shown = _identity(call, issue, link) | {"application": link.application, "object": link.object}
    texts = {"globalId": link.global_id, "relationship": link.relationship}
    return shown | {name: text for name, text in texts.items() if text is not None}


BEHAVIOURS = (
    Behaviour("GET", PATH, read_all),
    Behaviour("POST", PATH, write),
    Behaviour("DELETE", PATH, delete_by_global_id),
    Behaviour("GET", ONE, read_one),
    Behaviour("PUT", ONE, overwrite_one),
    Behaviour("DELETE", ONE, delete_one),
)
