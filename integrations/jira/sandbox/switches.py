"""How one Jira differs from another: every switch, with the setting that most sites have."""

from typing import Any

from integrations.jira.sandbox.oauth import APP_SCOPES

SWITCHES: dict[str, Any] = {
    "deployment": "Cloud",  # or "Server", which is what a Data Center calls itself
    # search
    "search_lag_seconds": 0.0,  # how long until search sees a change
    "search_page_cap": 100,  # a page holds no more issues than this when more than ids are asked for
    "page_token_seconds": 604_800.0,  # a page's token lives seven days
    "jql_refuses_unknown": True,  # Cloud, signed in: an unknown key fails the query (unverified; both are reported)
    "jql_unknown_key": "An issue with key '{key}' does not exist for field '{field}'.",
    # also reported: "The value '{key}' does not exist for the field '{field}'."
    "refuses_nulls": False,  # whether search/jql takes null for an absent member (unverified)
    "bulk_errors": [],  # ids that bulkfetch cannot read just now, and says so
    # rights
    "public_projects": [],  # where strangers may read
    "can_see_security_levels": True,
    "can_link": True,
    "can_comment": True,
    "can_create": True,
    "can_edit": True,
    "can_transition": True,
    "is_admin": False,
    "issue_linking": True,  # a site-wide setting
    "roles": ["Developers"],  # project roles that our account holds, for comment visibility
    "groups": ["jira-users"],
    "edit_screen": ["summary", "description", "labels", "fixVersions", "assignee", "parent", "comment"],
    "drops_screenless_comments": True,  # unverified: a transition without a screen drops its comment, or refuses it
    "dc_finds_moved_keys": True,  # whether a Data Center's search knows former keys (unverified, JRASERVER-30245)
    "wiki_counts_as_document": False,  # whether it is the stored document that may not be too long (unverified)
    "dc_tells_hidden": False,  # Data Center may tell a hidden issue (403) from one that is not there (unverified)
    "archived_in_bulkfetch": True,  # unverified: archived issues answer to their direct link and are absent from search
    "archived_write_status": 403,  # unverified: 400, 403 and 404 are all plausible
    # logins
    "token_expires_at": "",  # a moment, 2026-11-23T12:00:00Z say; afterwards our tokens are like any wrong ones
    "token_scopes": [],  # none: a token with all our rights. Some: a scoped one, good behind the gateway alone
    "app_scopes": list(APP_SCOPES),
    "app_token_seconds": 900.0,
    "captcha": False,  # Data Center wants our account to prove that it is a person
    "captcha_after": 3,  # wrong passwords in a row
    # limits
    "limits_writes": True,  # per issue
    "burst_capacity": 350,  # per address and verb; 0: no such limit
    "quota_points": 65_000,  # per hour, apps alone: calls with an API token are exempt
    "quota_reason": "jira-quota-global-based",  # or jira-quota-tenant-based
    "dc_rate_limit": 0,  # Data Center's bucket per user; 0, as it is shipped: none
    "dc_rate_fill": 10,
    "dc_rate_interval_seconds": 1,
    "longest_address": 8000,  # roughly what proxies take (unverified)
    # trouble
    "conflicts": 0,  # so many edits and transitions are refused because somebody else writes
    "is_misconfigured": False,  # edits and transitions are refused with 422
    "renamed_to": "",  # the address the site has now: every other one redirects there
    "unavailable_status": 0,  # 404 or 503: the site is absent or suspended and shows a page for people
    # webhooks
    "webhook_retry_scale": 1.0,  # 5 to 15 minutes between two attempts, times this
    "webhook_seconds": 20.0,  # how long a receiver may take (unverified)
    "webhook_duplicates": 0,  # so many deliveries are made twice although they were answered
    "webhook_lost_acks": 0,  # so many answers of the receiver get lost: Jira tries again
    "webhooks_need_https": False,  # as the real one does; here receivers live on this machine
    "webhook_days": 30.0,  # how long a dynamic webhook lives
    "private_app": False,  # then dynamic webhooks are sent to the app's owner alone: nobody, here
    "data_center_signs": True,  # secrets of webhooks exist since 10.x (unverified)
}
