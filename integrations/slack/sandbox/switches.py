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
        "events": list(ours.get("events", seed.EVENTS)),
        "commands": list(ours.get("commands", seed.COMMANDS)),
        "metadata_subscriptions": [],
        "escape_commands": True,
        "token_revoked": False,
        "home_tab": True,
        # Limits.
        "message_rate_per_second": 1.0,
        "message_burst": 5,
        "tiers": dict(TIERS),
        # Times.
        "ack_seconds": 3.0,
        "trigger_seconds": 3.0,
        "retry_scale": 1.0,
        "response_url_seconds": 1800.0,
        "signature_age_seconds": 0,
        "debug_reconnect_seconds": 360.0,
        "disconnect_grace_seconds": 10.0,
        # Mishaps: that many deliveries reach the app, but Slack hears no answer.
        "lose_acks": 0,
    }
