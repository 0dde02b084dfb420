"""Behaviours that differ between workspaces, or that a test wants shorter, stricter or broken."""

from integrations.slack.sandbox import seed
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.rates import TIERS
from integrations.standin.world import World


def default_switches(world: World) -> Json:
    ours = world["slack"]["bot"]
    return {
        # What the app was granted and subscribed to.
        "scopes": list(ours.get("scopes", seed.SCOPES)),
        "app_scopes": ["connections:write", "authorizations:read"],
        "events": list(ours.get("events", seed.EVENTS)),
        "commands": list(ours.get("commands", seed.COMMANDS)),
        "shortcuts": list(seed.SHORTCUTS),
        "metadata_subscriptions": [],
        "unfurl_domains": list(seed.UNFURL_DOMAINS),
        "escape_commands": True,
        # Whether a reply is told as an edit of its first message too. It has been seen; no text promises it.
        "thread_counts_told": True,
        # Whether who comes and goes is told in the channel; a workspace may have it otherwise.
        "arrivals_told": True,
        "token_revoked": False,
        "installed": True,
        # Over sockets alone, over HTTP alone, or whichever is there ("any"; a convenience that Slack does not have).
        "socket_mode": "any",
        "home_tab": True,
        # Only a person switches these on again, once Slack has switched them off for failing.
        "subscriptions_enabled": True,
        "disabling_least": 1000,
        "delayed_events": False,
        # What Slack's own crawler can reach from where it is: nothing, in a sandbox without a network.
        "crawled_hosts": [],
        # Limits.
        "message_rate_per_second": 1.0,
        "message_burst": 5,
        "tiers": dict(TIERS),
        "events_per_hour": 30_000,
        # Times.
        "ack_seconds": 3.0,
        "trigger_seconds": 3.0,
        "file_share_seconds": 0.0,
        "ticket_seconds": 30.0,
        "retry_scale": 1.0,
        "event_delay_seconds": 0.0,
        "event_jitter_seconds": 0.0,
        "events_late_seconds": 0,
        "response_url_seconds": 1800.0,
        "signature_age_seconds": 0,
        "edit_window_seconds": None,
        "debug_reconnect_seconds": 360.0,
        "disconnect_grace_seconds": 10.0,
        # Mishaps: that many deliveries reach the app, but Slack hears no answer.
        "lose_acks": 0,
    }
