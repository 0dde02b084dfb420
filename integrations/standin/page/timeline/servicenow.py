"""Calls to ServiceNow, in words."""

import re
from collections.abc import Callable
from typing import Any

from integrations.standin.page.timeline.names import STATES, Names
from integrations.standin.page.timeline.words import Call, quote

Phrase = Callable[[Call, Names], str]

VERSION = re.compile(r"(?:/v\d+|\*)(?=/)")
KIND = re.compile(r"^(GET|POST|PATCH) (/api/sn_chg_rest/change)/(normal|standard|emergency)(?=/|$)")
CHANGE = "/api/sn_chg_rest/change"
TABLE = "/api/now/table"
READS = {
    "change_request": "look for changes",
    "change_task": "read the tasks of a change",
    "cmdb_ci": "look up the service",
    "cmdb_ci_service": "look up the service",
    "sys_choice": "read the choices of a field",
    "sys_dictionary": "read the fields of a table",
    "sys_journal_field": "read what was written in a journal",
    "sys_properties": "read a setting",
    "sys_user": "look somebody up",
    "sys_user_delegate": "read who stands in for whom",
    "sys_user_group": "look up a group",
    "sys_user_grmember": "read who is in a group",
    "sys_user_has_role": "read who holds a role",
    "sysapproval_approver": "read who is asked to approve",
    "sysapproval_group": "read which groups are asked to approve",
}


SIGN_IN = "sign in"
"""It changes nothing that anybody would look for."""


def tell(call: Call, names: Names) -> str:
    """An infinitive: what was wanted."""
    name = plain(call.name)
    if name in PHRASES:
        return PHRASES[name](call, names)
    verb, _, path = name.partition(" ")
    if path.startswith(f"{TABLE}/"):
        return _table(verb, path.removeprefix(f"{TABLE}/"), call, names)
    return f"call {verb} {call.path}"


def plain(name: str) -> str:
    """
    >>> plain("PATCH /api/sn_chg_rest/v1/change/normal/{sys_id}")
    'PATCH /api/sn_chg_rest/change/{sys_id}'
    """
    return KIND.sub(r"\1 \2", VERSION.sub("", name))


def _open(call: Call, _: Names) -> str:
    made = _result(call)
    title = _value(made, "short_description") or str(call.sent.get("short_description", ""))
    return f"open {_value(made, 'number') or 'a change'}: {quote(title)}"


def _change(call: Call, names: Names) -> str:
    return _written(names.change(call.path), call.sent, names)


def _written(number: str, sent: dict[str, Any], names: Names) -> str:
    """By what matters most in what was written."""
    if "state" in sent:
        state = str(sent["state"])
        return f"move {number} to {STATES.get(state, state)}"
    if "on_hold" in sent:
        is_held = str(sent["on_hold"]).lower() == "true"
        return f"put {number} on hold" if is_held else f"take {number} off hold"
    for journal, what in (("work_notes", "a work note"), ("comments", "a comment")):
        if sent.get(journal):
            return f"write {what} on {number}: {quote(str(sent[journal]))}"
    fields = ", ".join(sent) or "nothing"
    return f"change {number}: {fields}"


def _decision(call: Call, names: Names) -> str:
    row, state = _result(call), str(call.sent.get("state", ""))
    who = names.record(_value(row, "approver")) if row else "somebody"
    number = names.record(_value(row, "sysapproval")) if row else "a change"
    word = {"approved": "approval", "rejected": "rejection"}.get(state)
    return f"record {who}'s {word} of {number}" if word else f"change an approval of {number}"


def _attach(call: Call, names: Names) -> str:
    name, sys_id = call.asked.get("file_name", "a file"), call.asked.get("table_sys_id", "")
    return f"attach {name} to {names.record(sys_id)}"


def _task(call: Call, names: Names) -> str:
    return f"make a task on {names.change(call.path)}: {quote(str(call.sent.get('short_description', '')))}"


def _table(verb: str, rest: str, call: Call, names: Names) -> str:
    table = rest.partition("/")[0]
    if verb == "GET":
        return _read(table, call, names)
    if verb in ("PATCH", "PUT") and table == "sysapproval_approver":
        return _decision(call, names)
    if verb in ("PATCH", "PUT") and table == "change_request":
        return _change(call, names)
    if verb == "DELETE":
        return f"remove a record of {table}"
    return f"make a record of {table}" if verb == "POST" else f"change a record of {table}"


def _read(table: str, call: Call, names: Names) -> str:
    query = call.asked.get("sysparm_query", "")
    about = names.changes_in(f"{call.path} {query}")
    if table == "change_request" and "correlation_id=" in query:
        return "look for changes of the same deploy"
    if table == "change_request" and about:
        return f"read {', '.join(about[:3])}" + (" and others" if len(about) > 3 else "")
    phrase = READS.get(table, f"read {table}")
    return f"{phrase} {about[0]}" if about and phrase.endswith("to approve") else phrase


def _fixed(phrase: str) -> Phrase:
    return lambda _call, _names: phrase


def _about(phrase: str) -> Phrase:
    return lambda call, names: phrase.format(names.change(call.path))


PHRASES: dict[str, Phrase] = {
    "POST /oauth_token.do": _fixed(SIGN_IN),
    f"POST {CHANGE}": _open,
    f"POST {CHANGE}/{{sys_id}}": _open,  # from a template
    f"PATCH {CHANGE}/{{sys_id}}": _change,
    f"GET {CHANGE}": _fixed("look for changes"),
    f"GET {CHANGE}/{{sys_id}}": _about("read {}"),
    f"GET {CHANGE}/{{sys_id}}/nextstates": _about("ask where {} may go next"),
    f"PATCH {CHANGE}/{{sys_id}}/approvals": _about("answer its own approval of {}"),
    f"PATCH {CHANGE}/{{sys_id}}/risk": _about("ask for the risk of {}"),
    f"POST {CHANGE}/{{sys_id}}/conflict": _about("check {} for conflicts"),
    f"GET {CHANGE}/{{sys_id}}/conflict": _about("read the conflicts of {}"),
    f"GET {CHANGE}/{{sys_id}}/schedule": _about("ask when {} could go"),
    f"GET {CHANGE}/{{sys_id}}/task": _about("read the tasks of {}"),
    f"POST {CHANGE}/{{sys_id}}/task": _task,
    f"PATCH {CHANGE}/{{sys_id}}/task/{{task_id}}": _about("change a task of {}"),
    "POST /api/now/attachment/file": _attach,
    "GET /api/now/attachment": _fixed("look for attachments"),
    "GET /api/now/attachment/{sys_id}/file": _fixed("read an attachment"),
}
_ANY_CHANGE, _ANY_TABLE = "/api/sn_chg_rest*/change", "/api/now*/table"
CALLS = {
    f"POST {_ANY_CHANGE}": "open a change",
    f"PATCH {_ANY_CHANGE}/{{sys_id}}": "move or change a change",
    f"GET {_ANY_CHANGE}/{{sys_id}}/nextstates": "ask where a change may go next",
    f"PATCH {_ANY_TABLE}/sysapproval_approver/{{sys_id}}": "record an approval",
    f"GET {_ANY_TABLE}/sysapproval_approver": "read who is asked to approve",
    f"GET {_ANY_TABLE}/change_request": "look for changes",
    "POST /oauth_token.do": SIGN_IN,
    "POST /api/now*/attachment/file": "attach a file",
}
"""The calls that matter, in whatever version, for whoever wants to spoil one."""


def _result(call: Call) -> dict[str, Any]:
    result = call.got.get("result")
    if isinstance(result, list):
        result = result[0] if result else {}
    return result if isinstance(result, dict) else {}


def _value(record: dict[str, Any], name: str) -> str:
    """A field in any of ServiceNow's forms: bare, a pair, a link."""
    value = record.get(name, "")
    return str(value.get("value", "")) if isinstance(value, dict) else str(value)
