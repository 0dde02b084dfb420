"""Small shapes that many answers share: moments, people, projects, statuses."""

from datetime import UTC, datetime
from typing import Any

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.models import Project
from integrations.standin.world import Human

# (id, category) by status name; a category is (id, key, colour, name)
TO_DO = (2, "new", "blue-gray", "To Do")
IN_PROGRESS = (4, "indeterminate", "yellow", "In Progress")
DONE = (3, "done", "green", "Done")
STATUSES = {
    "To Do": (10000, TO_DO),
    "In Progress": (3, IN_PROGRESS),
    "In Review": (10001, IN_PROGRESS),
    "Done": (10002, DONE),
}
SIZES = ("16x16", "24x24", "32x32", "48x48")


def stamp(moment: datetime) -> str:
    """Jira's own format: milliseconds, and an offset without a colon (not RFC 3339)."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def user(call: Call, person: Human, *, with_email: bool = False) -> dict[str, Any]:
    """One person: by accountId on Cloud, where the e-mail is hidden from others; by name on Data Center."""
    if call.site.is_cloud:
        facts = {"accountId": person.account_id, "accountType": "atlassian", "timeZone": "Etc/UTC"}
        facts |= {"emailAddress": person.email} if with_email else {}
        link = call.url(f"/user?accountId={person.account_id}")
    else:
        facts = {"name": person.key, "key": person.key, "emailAddress": person.email, "timeZone": "Etc/UTC"}
        link = call.url(f"/user?username={person.key}")
    return facts | {
        "self": link,
        "displayName": person.name,
        "active": not person.deleted,
        "avatarUrls": _avatars(call, f"/secure/useravatar?ownerId={person.key}"),
    }


def project(call: Call, of: Project) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "self": call.url(f"/project/{of.id}"),
        "id": str(of.id),
        "key": of.key,
        "name": of.name,
        "projectTypeKey": "software",
        "avatarUrls": _avatars(call, f"/secure/projectavatar?pid={of.id}"),
    }
    return facts | ({"simplified": False, "style": "classic", "isPrivate": False} if call.site.is_cloud else {})


def status(call: Call, name: str) -> dict[str, Any]:
    status_id, (category_id, key, colour, category) = STATUSES[name]
    return {
        "self": call.url(f"/status/{status_id}"),
        "description": "",
        "iconUrl": f"{call.origin}/images/icons/statuses/generic.png",
        "name": name,
        "id": str(status_id),
        "statusCategory": {
            "self": call.url(f"/statuscategory/{category_id}"),
            "id": category_id,
            "key": key,
            "colorName": colour,
            "name": category,
        },
    }


def _avatars(call: Call, path: str) -> dict[str, str]:
    return {size: f"{call.origin}{path}&size={size}" for size in SIZES}
