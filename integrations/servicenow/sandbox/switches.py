"""Behaviours that differ between instances, or between ServiceNow's own documents: each can be turned."""

from typing import Any

DEFAULTS: dict[str, Any] = {
    # Time
    "flow_seconds": 0.05,  # how long after a write its flow runs; 0 runs it within the write
    "token_seconds": 1799,  # an access token's life; lowering it ages the tokens already given out
    # Approvals
    "quorum": {},  # group name → "first" | "all" | "60%"; a group not named waits for the first response
    "empty_group": "waits",  # or "approves": what a flow makes of a group in which nobody can be asked
    # Rules
    "enforce_data_requirements": True,  # com.snc.change_management.enforce_data_requirements
    "mandatory_on_create": [],  # change_request columns this instance demands besides, as its sys_dictionary shows
    "rest_state_moves": True,  # False: every state written over REST is refused, as one instance does
    "closed_is_read_only": False,  # a Closed change takes no more writes and no attachments
    "sets_actual_times": False,  # work_start and work_end follow the state even without the form
    "emergency_assess": False,  # the emergency model has Assess, as one documented example shows
    # Reading
    "returns_no_rows": False,  # glide.invalid_query.returns_no_rows
    "case_sensitive_values": False,  # most databases below an instance compare text without case
    "journals_readable": True,  # sys_journal_field often needs admin
    "hidden_records": [],  # sys_ids an ACL hides
    "hidden_fields": {},  # table → fields an ACL leaves out of answers
    # Limits
    "rate_limit": None,  # requests per hour and user; None: no rule
    # Signing in
    "basic_auth": "gated",  # web-service-only users pass; "refused": nobody does
    "redirect_urls": [],  # of the application that people sign in to; one of them, letter by letter
    "state_required": True,  # glide.oauth.state.parameter.required
    "code_seconds": 60,  # an authorization code's life
    "refresh_token_seconds": 8_640_000,  # a hundred days; lowering it ages those already given out
    "rotates_refresh_tokens": False,  # True: each is good for one refresh, and its answer holds the next
    "password_grant": {},  # user name → password; nobody in it: the grant is refused, as the hardening setting has it
    "oauth_refusals": "named",  # invalid_grant, invalid_client; or "access denied": 401 server_error for all, as seen
    # Where the documents disagree with each other
    "array_results": False,  # typed create and patch, approvals, tasks: result is a list of one
    "bare_sys_id": False,  # sys_id as a bare string among the pairs
    "string_values": False,  # pairs hold "-5" instead of -5
    "approvals_verb": "PATCH",  # or POST
    "risk_path": "plain",  # or "standard": /change/standard/{id}/risk
    "risk_scale": "2-4",  # or "1-3"
    "risk_wrapped": False,  # the risk answer inside `result`
    "short_description_length": 160,  # or 40
    "state_labels": True,  # sn_chg_rest takes "assess" for -4
    "table_state_labels": "mis-mapped",  # or "ignored"
    "forgives_short_desription": False,  # the documents' own typo changes the field
    "task_path": "sn_chg_rest",  # or "now": /api/now/change/{id}/task
    "approver_role": "approver_user",  # or approval_user
    "sysparms_are_fields": True,  # sn_chg_rest reports sysparm_… query pairs as ignored fields
    "refusal_status": 403,  # sn_chg_rest's status when a business rule refuses: 403, 400 or 500
}


def defaults() -> dict[str, Any]:
    return {name: (value.copy() if isinstance(value, (dict, list)) else value) for name, value in DEFAULTS.items()}
