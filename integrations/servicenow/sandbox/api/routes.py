"""Every endpoint and where it is answered."""

from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access.accounts import Accounts
from integrations.servicenow.sandbox.access.grants import Grants
from integrations.servicenow.sandbox.api import (
    attachments,
    change_conflicts,
    change_items,
    change_risk,
    change_schedule,
    change_states,
    change_tasks,
    change_templates,
    change_workers,
    changes,
    headers,
    table,
)
from integrations.servicenow.sandbox.api.door import Call, Door, Handler, Wording, in_change_words, in_table_words
from integrations.servicenow.sandbox.api.headers import Demand
from integrations.servicenow.sandbox.api.oauth import TokenEndpoint
from integrations.servicenow.sandbox.api.verbs import VerbRoute
from integrations.servicenow.sandbox.instance import Instance

Answers = tuple[tuple[str, str, Handler], ...]

NOW_ROOTS = ("/api/now", "/api/now/v1", "/api/now/v2")
CHANGE_ROOTS = ("/api/sn_chg_rest", "/api/sn_chg_rest/v1")

TABLE: Answers = (
    ("GET", "/table/{table}", table.list_records),
    ("POST", "/table/{table}", table.create_record),
    ("GET", "/table/{table}/{sys_id}", table.read_record),
    ("PATCH", "/table/{table}/{sys_id}", table.update_record),
    ("PUT", "/table/{table}/{sys_id}", table.update_record),
    ("DELETE", "/table/{table}/{sys_id}", table.delete_record),
)
ATTACHMENTS: Answers = (
    ("GET", "/attachment", attachments.list_attachments),
    ("GET", "/attachment/{sys_id}", attachments.read_attachment),
)
FILES: Answers = (
    ("POST", "/attachment/file", attachments.upload),
    ("POST", "/attachment/upload", attachments.upload_form),
    ("GET", "/attachment/{sys_id}/file", attachments.read_file),
    ("DELETE", "/attachment/{sys_id}", attachments.delete_attachment),
)
TASKS: Answers = (
    ("GET", "/change/{sys_id}/task", change_tasks.list_tasks),
    ("POST", "/change/{sys_id}/task", change_tasks.create_task),
    ("PATCH", "/change/{sys_id}/task/{task_id}", change_tasks.update_task),
    ("DELETE", "/change/{sys_id}/task/{task_id}", change_tasks.delete_task),
)
CHANGES: Answers = (
    ("GET", "/change/model", change_states.list_models),
    ("GET", "/change/model/{sys_id}", change_states.read_model),
    ("GET", "/change", changes.list_changes),
    ("POST", "/change", changes.create_change),
    ("POST", "/change/normal", changes.create_typed),
    ("POST", "/change/emergency", changes.create_typed),
    ("GET", "/change/standard/template", change_templates.list_templates),
    ("GET", "/change/standard/template/{sys_id}", change_templates.read_template),
    ("POST", "/change/standard/{sys_id}", change_templates.create_from_template),
    ("GET", "/change/worker/{sys_id}", change_workers.read_worker),
    ("GET", "/change/ci/{ci}/schedule", change_schedule.schedule_of_item),
    *(("GET", f"/change/{kind}", changes.list_changes) for kind in changes.TYPES),
    *(("GET", f"/change/{kind}/{{sys_id}}", changes.read_change) for kind in changes.TYPES),
    *(("PATCH", f"/change/{kind}/{{sys_id}}", changes.update_typed) for kind in changes.TYPES),
    ("GET", "/change/{sys_id}", changes.read_change),
    ("PATCH", "/change/{sys_id}", changes.update_change),
    ("GET", "/change/{sys_id}/nextstates", change_states.next_states),
    ("PATCH", "/change/{sys_id}/approvals", change_states.decide),
    ("POST", "/change/{sys_id}/approvals", change_states.decide),
    ("PATCH", "/change/{sys_id}/risk", change_risk.evaluate_risk),
    ("PATCH", "/change/standard/{sys_id}/risk", change_risk.evaluate_risk),
    ("POST", "/change/{sys_id}/conflict", change_conflicts.start_conflict_check),
    ("GET", "/change/{sys_id}/conflict", change_conflicts.read_conflicts),
    ("DELETE", "/change/{sys_id}/conflict", change_conflicts.stop_conflict_check),
    ("GET", "/change/{sys_id}/ci", change_items.list_items),
    ("POST", "/change/{sys_id}/ci", change_items.add_items),
    ("POST", "/change/{sys_id}/refresh_impacted_services", change_items.refresh_impacted_services),
    ("GET", "/change/{sys_id}/schedule", change_schedule.schedule_of_change),
    ("PATCH", "/change/{sys_id}/schedule/first_available", change_schedule.take_first_available),
    *TASKS,
)
VERBS = ("GET", "POST", "PATCH", "PUT", "DELETE")


def rest_routes(inst: Instance, accounts: Accounts, grants: Grants) -> list[BaseRoute]:
    door, tokens = Door(inst, accounts), TokenEndpoint(inst, accounts, grants)
    known: list[BaseRoute] = [
        Route("/oauth_token.do", tokens.answer, methods=["POST"]),
        Route("/oauth_revoke_token.do", tokens.revoke, methods=["GET", "POST"]),
    ]
    for root in NOW_ROOTS:
        known += _at(door, root, (*TABLE, *ATTACHMENTS), in_table_words)
        known += _at(door, root, FILES, in_table_words, headers.anything)
    for root in CHANGE_ROOTS:
        known += _at(door, root, CHANGES, in_change_words)
    known += _at(door, "/api/now", TASKS, in_change_words)

    def nowhere(inst: Instance, call: Call) -> Response:
        if any(route.matches(call.request.scope)[0] is Match.PARTIAL for route in known):
            raise refusals.Refused(405, "Method not supported", f"{call.request.method} is not supported here")
        raise refusals.bad_request("Requested URI does not represent any resource", None)

    anywhere = [(verb, "/{rest:path}", nowhere) for verb in VERBS]
    return [*known, *_at(door, "/api", tuple(anywhere), in_table_words, headers.nothing)]


def call_name(routes: list[BaseRoute], method: str, path: str) -> str:
    """The diary's name of a call: the route, with the table spelled out."""
    scope = {"type": "http", "path": path, "method": method, "root_path": "", "headers": []}
    for route in routes:
        match, found = route.matches(scope)
        if match is Match.FULL and isinstance(route, Route):
            table_name = str(found.get("path_params", {}).get("table", ""))
            return f"{method} {route.path.replace('{table}', table_name)}"
    return f"{method} {path}"


def _at(door: Door, root: str, answers: Answers, word: Wording, demand: Demand = headers.json_only) -> list[BaseRoute]:
    return [
        VerbRoute(f"{root}{path}", door.guard(handle, word, demand), methods=[verb]) for verb, path, handle in answers
    ]
