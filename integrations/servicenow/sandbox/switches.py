"""Behaviours that differ between instances, or between ServiceNow's own documents: each can be turned."""

from typing import Any

DEFAULTS: dict[str, Any] = {
    # Time
    "flow_seconds": 0.05,  # how long after a write its flow runs; 0 runs it within the write
    "token_seconds": 1799,  # an access token's life; lowering it ages the tokens already given out
    # Approvals
    "quorum": {},  # group name → "first" | "all" | "60%"; a group not named waits for the first response
    "empty_group": "waits",  # or "approves": what a flow makes of a group in which nobody can be asked
    "approval_policy": {},  # "Assess" | "Authorize" → definitions as in engine/policy.py; without: the base policy
    "on_rejection": "now",  # "wait": one rejection does not decide while enough others may still approve
    "rejected_rows": "cancelled",  # or "not_required": what a rejection makes of rows nobody answered
    "duplicate_rows": "kept",  # "marked": somebody's second row in one stage is born as `duplicate`
    "own_row": "oldest",  # or "newest": which of the caller's own rows PATCH …/approvals answers
    "approvals_take_delegates": False,  # PATCH …/approvals answers a row of somebody the caller stands in for
    "e_signature": False,  # approvals want a signature on the screen: over REST they are refused
    # Rules
    "enforce_data_requirements": True,  # com.snc.change_management.enforce_data_requirements
    "mandatory_on_create": [],  # change_request columns this instance demands besides, as its sys_dictionary shows
    "rest_state_moves": True,  # False: every state written over REST is refused, as one instance does
    "closed_is_read_only": False,  # a Closed change takes no more writes and no attachments
    "sets_actual_times": False,  # work_start and work_end follow the state even without the form
    "state_on_create": "new",  # a state sent with a create is dropped; "taken": -5 to -1 count; "refused": 403
    "unique_columns": {},  # table → columns with a unique index of this instance's own
    "enable_unauthorized": False,  # com.snc.change_request.enable_unauthorized: the event makes a change
    "emergency_assess": False,  # the emergency model has Assess, as one documented example shows
    "risk_calculate_rule": "ui_action",  # glide.ui.risk_calculate_rule; "business_rule": with every write
    "template_plans": "template's",  # or "change manager's": a change manager's plans win over a template's
    "standard_reads_body": True,  # False: only query pairs give values to a change made from a template
    "standard_ignores": [],  # further fields that making a change from a template leaves out
    "conflicts_run_by_themselves": False,  # as soon as an item and dates are set or change
    "worker_states": "1-2-3-4",  # Waiting, In-Progress, Complete, Error; "1-4-3-2": 2 and 4 the other way round
    "failing_workers": [],  # types of worker that end in error: schedule, affected, impacted, offering, conflict
    # Reading
    "returns_no_rows": False,  # glide.invalid_query.returns_no_rows
    "case_sensitive_values": False,  # most databases below an instance compare text without case
    "journals_readable": True,  # sys_journal_field often needs admin
    "audit_readable": False,  # sys_audit is admin's
    "silently_dropped": {},  # table → fields that a rule of this instance takes without a word and does not write
    "hidden_records": [],  # sys_ids an ACL hides
    "hidden_fields": {},  # table, or user@table → fields an ACL leaves out of answers
    "change_list_rows": 10_000,  # what GET /change answers with when no limit is given
    # Limits
    "rate_limits": [],  # rules: {"limit": n} and of "api" (table, change, attachment), "table", "user", "role" any
    "rate_limit_late": 0,  # requests that pass before a used-up limit is noticed
    "rate_limit": None,  # requests per hour and user; None: no rule
    "attachment_megabytes": 1024,  # com.glide.attachment.max_size
    "attachment_extensions": [],  # glide.attachment.extensions; empty: all
    "content_megabytes": 10,  # glide.rest.max_content_length, for sn_chg_rest
    # Bad days
    "condition": "awake",  # or hibernating, upgrading, login, exhausted: what every call is answered with
    "semaphore_status": 429,  # or 503: how an exhausted instance says so
    "cancelled_transactions": [],  # {"call": "POST */change*", "commits": True, "ends": "500", "times": 1}; to end a
    # list also "malformed" or "trailing"
    # Telling others
    "hints": "once",  # "twice", "lost", "reversed": how a business rule's messages arrive
    # Signing in
    "session_cookies": True,  # a session belongs to whoever opened it: its cookie outweighs the next header
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
    "table_state_labels": "mis-mapped",  # or "ignored": what becomes of a label anywhere else
    "forgives_short_desription": False,  # the documents' own typo changes the field
    "task_path": "sn_chg_rest",  # or "now": /api/now/change/{id}/task
    "approver_role": "approver_user",  # or approval_user
    "sn_change_write_suffices": True,  # writing over sn_chg_rest; the reference names change_manager, itil, admin only
    "standard_born_approved": False,  # a standard change has approval=approved in New, as seen on one instance
    "change_api_dates": "UTC",  # or "session": the zone of dates that sn_chg_rest is sent is not documented
    "next_states_conditions": True,  # False: as for changes driven by their type, no conditions are told
    "ignored_yet_written": [],  # fields that sn_chg_rest reports as ignored and writes all the same
    "sysparms_are_fields": True,  # sn_chg_rest reports sysparm_… query pairs as ignored fields
    "refusal_status": 403,  # sn_chg_rest's status when a business rule refuses: 403, 400 or 500
}


def defaults() -> dict[str, Any]:
    return {name: (value.copy() if isinstance(value, (dict, list)) else value) for name, value in DEFAULTS.items()}
