"""What a comment may say, who may read it, and which marks it carries."""

import json
from typing import Any

from integrations.jira.sandbox.adf import is_blank, is_document
from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.entity_properties import check_property
from integrations.jira.sandbox.errors import refused, unreadable
from integrations.jira.sandbox.lengths import length
from integrations.jira.sandbox.models import Body
from integrations.jira.sandbox.richtext import document_of
from integrations.jira.sandbox.site import group_id

LONGEST = 32_767
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
EMPTY = "Comment body can not be empty!"
NOT_VALID = "Comment body is not valid!"


def body_of(call: Call, given: Any) -> Body:
    """The text of a comment: a string in version 2, a document in version 3, never the other way round."""
    if given in (None, "", {}):
        raise refused(400, errors={"comment": EMPTY})
    if call.is_documents:
        return _document(given)
    if not isinstance(given, str):
        raise unreadable()
    if not given.strip():
        raise refused(400, errors={"comment": EMPTY})
    is_stored_longer = call.site.is_cloud and call.site.switches["wiki_counts_as_document"]
    if length(given) > LONGEST or (is_stored_longer and _stored_length(document_of(given)) > LONGEST):
        raise refused(400, errors={"comment": TOO_LONG})
    return given


def _document(given: Any) -> dict[str, Any]:
    if not is_document(given):
        raise refused(400, errors={"comment": NOT_VALID})
    if is_blank(given):
        raise refused(400, errors={"comment": EMPTY})
    # the stored document is what counts, not its words (reported, unverified)
    if _stored_length(given) > LONGEST:
        raise refused(400, errors={"comment": TOO_LONG})
    return dict(given)


def _stored_length(document: dict[str, Any]) -> int:
    return length(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def visibility_of(call: Call, given: Any) -> dict[str, str] | None:
    """Who may read it: a role or group that our account is itself in."""
    if given is None:
        return None
    if not isinstance(given, dict) or given.get("type") not in ("role", "group"):
        raise unreadable()
    kind, held = given["type"], call.held(given["type"])
    named = given.get("identifier")
    if named is not None and not call.site.is_cloud:
        raise unreadable()  # identifiers are Cloud's
    # on Cloud it goes before the name: a group's own id, or once more the name of the role
    ids = {group_id(one) if kind == "group" and named is not None else one: one for one in held}
    named = given.get("value") if named is None else named
    if not isinstance(named, str) or named not in ids:
        what = "project role" if kind == "role" else "group"
        raise refused(400, errors={"commentLevel": f"You are currently not a member of the {what}: {named}."})
    return {"type": kind, "value": ids[named]}


def properties_of(given: Any) -> dict[str, Any]:
    """The marks sent along with a new comment."""
    if given is None:
        return {}
    if not isinstance(given, list) or any(not isinstance(p, dict) or set(p) != {"key", "value"} for p in given):
        raise unreadable()
    for each in given:
        check_property(each["key"], each["value"])
    return {each["key"]: each["value"] for each in given}
