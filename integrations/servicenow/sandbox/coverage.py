"""How faithful each endpoint is, and the section of the ServiceNow fact sheet it follows."""

SUPPORTED = "supported"
_TABLE = {
    "GET /table/{table}": "partial: the tables of change management only; JSON only; a dozen javascript: functions",
    "POST /table/{table}": "partial: JSON only",
    "GET /table/{table}/{sys_id}": "partial: JSON only",
    "PATCH /table/{table}/{sys_id}": "partial: JSON only",
    "PUT /table/{table}/{sys_id}": "partial: JSON only",
    "DELETE /table/{table}/{sys_id}": SUPPORTED,
}
_ATTACHMENTS = {
    "POST /attachment/file": SUPPORTED,
    "POST /attachment/upload": SUPPORTED,
    "GET /attachment": "partial: JSON only",
    "GET /attachment/{sys_id}": "partial: JSON only",
    "GET /attachment/{sys_id}/file": SUPPORTED,
    "DELETE /attachment/{sys_id}": SUPPORTED,
}
_TASKS = {
    "GET /change/{sys_id}/task": SUPPORTED,
    "POST /change/{sys_id}/task": SUPPORTED,
    "PATCH /change/{sys_id}/task/{task_id}": SUPPORTED,
    "DELETE /change/{sys_id}/task/{task_id}": SUPPORTED,
}
_CHANGES = {
    "GET /change/model": SUPPORTED,
    "GET /change/model/{sys_id}": SUPPORTED,
    "GET /change": "partial: textSearch looks into the two descriptions only",
    "POST /change": SUPPORTED,
    "POST /change/normal": SUPPORTED,
    "POST /change/emergency": SUPPORTED,
    "GET /change/standard/template": SUPPORTED,
    "GET /change/standard/template/{sys_id}": SUPPORTED,
    "POST /change/standard/{sys_id}": SUPPORTED,
    **{f"GET /change/{kind}": SUPPORTED for kind in ("normal", "standard", "emergency")},
    **{f"GET /change/{kind}/{{sys_id}}": SUPPORTED for kind in ("normal", "standard", "emergency")},
    **{f"PATCH /change/{kind}/{{sys_id}}": SUPPORTED for kind in ("normal", "standard", "emergency")},
    "GET /change/{sys_id}": SUPPORTED,
    "PATCH /change/{sys_id}": SUPPORTED,
    "GET /change/{sys_id}/nextstates": "partial: conditions of the base models only",
    "PATCH /change/{sys_id}/approvals": SUPPORTED,
    "POST /change/{sys_id}/approvals": "partial: 405 unless the switch approvals_verb says POST",
    "PATCH /change/{sys_id}/risk": "partial: risk conditions and assessments; no advanced scripts",
    "PATCH /change/standard/{sys_id}/risk": "partial: only with the switch risk_path",
    "POST /change/{sys_id}/conflict": "partial: relations one step away; no conflicts of assignees",
    "GET /change/{sys_id}/conflict": SUPPORTED,
    "DELETE /change/{sys_id}/conflict": SUPPORTED,
    "GET /change/{sys_id}/ci": SUPPORTED,
    "POST /change/{sys_id}/ci": SUPPORTED,
    "POST /change/{sys_id}/refresh_impacted_services": SUPPORTED,
    "GET /change/{sys_id}/schedule": "partial: thirty days ahead",
    "PATCH /change/{sys_id}/schedule/first_available": "partial: thirty days ahead",
    "GET /change/ci/{ci}/schedule": "partial: thirty days ahead",
    "GET /change/worker/{sys_id}": SUPPORTED,
    **_TASKS,
}


def _under(roots: tuple[str, ...], answers: dict[str, str], section: str) -> dict[str, str]:
    split = ((call.partition(" "), note) for call, note in answers.items())
    calls = [(verb, path, note) for (verb, _, path), note in split]
    return {f"{verb} {root}{path}": f"{note} (facts §{section})" for root in roots for verb, path, note in calls}


_NOW = ("/api/now", "/api/now/v1", "/api/now/v2")
_ANY_PATH = {f"{verb} /{{rest:path}}": "supported: 405 for a known path, else 400" for verb in ("GET", "POST")}
_ANY_PATH |= {f"{verb} /{{rest:path}}": _ANY_PATH["GET /{rest:path}"] for verb in ("PATCH", "PUT", "DELETE")}
_OAUTH = {
    "GET /oauth_auth.do": "partial: one application; who signs in says who they are, without a password",
    "POST /oauth_auth.do": "partial: the page's own form",
    "POST /oauth_token.do": "partial: no JWT bearer grant, no scopes",
    "GET /oauth_revoke_token.do": SUPPORTED,
    "POST /oauth_revoke_token.do": SUPPORTED,
}
_PAGES = {
    "GET /change_request.do": "partial: read only, no sign-in",
    "GET /change_request_list.do": "partial: read only, no sign-in",
    "GET /nav_to.do": "partial: shows what the uri names, without the frame",
    "GET /login_redirect.do": "partial: a page to end up on; nobody signs in there",
}

COVERAGE: dict[str, str] = {
    **_under(("",), _OAUTH, "7"),
    **_under(_NOW, _TABLE, "4"),
    **_under(_NOW, _ATTACHMENTS, "5"),
    **_under(("/api/sn_chg_rest", "/api/sn_chg_rest/v1"), _CHANGES, "1-3"),
    **_under(("/api/now",), dict.fromkeys(_TASKS, "partial: only with the switch task_path"), "12"),
    **_under(("/api",), _ANY_PATH, "4"),
    **_under(("",), _PAGES, "9"),
}

_NO_DELETE = "a bot cancels, it never deletes; the Table API deletes for a change manager"
_OTHER_PRODUCT = "another product's API: Cabbie works without its licence"
# Calls of a real instance that are not served, and why: each is answered like any unknown path.
ABSENT: dict[str, str] = {
    "DELETE /api/sn_chg_rest/change/{sys_id}": _NO_DELETE,
    **{f"DELETE /api/sn_chg_rest/change/{kind}/{{sys_id}}": _NO_DELETE for kind in ("normal", "standard", "emergency")},
    "POST /api/now/v1/batch": "nothing is read or written in batches: every answer is judged by itself",
    "GET /api/now/stats/{table}": "counts come from X-Total-Count",
    "POST /api/now/import/{table}": "changes are made by their own API, not by import sets",
    "GET /api/now/cmdb/instance/{table}": "items are read by the Table API",
    "GET /api/now/table/sys_history_line": "written only when somebody opens a record's history; sys_audit is there",
    "GET /api/now/table/sys_email": "no mail is sent from the sandbox",
    "POST /api/now/graphql": "no public schema of change management",
    "GET /api/sn_devops/devops/onboarding/status": _OTHER_PRODUCT,
    "POST /api/sn_devops/devops/orchestration/changeControl": _OTHER_PRODUCT,
    "GET /api/sn_cab_workbench/meeting": "CAB meetings do not gate approvals",
    "POST /api/now/attachment": "the reference knows /attachment/file and /attachment/upload only",
    "GET /change_request_list.do.xml": "exports for people, not for integrations",
}
