"""What people are told of their links, in their DM."""

WORD = "word"
"""The errand: a person's Slack id, what tells it from other words, and the sentence."""
REVOKE = "revoke"
"""The errand: the id of a link whose tokens are to be ended in ServiceNow."""

LINK_ENDED = (
    "Your link with ServiceNow has ended: ServiceNow does not accept it any more. It was revoked there, it was too "
    "old, or your account is locked. Link it again on my Home tab; what you pressed meanwhile goes the way that the "
    "policy has for people without a link."
)
UNLINKED = "Your ServiceNow account is unlinked: I forget what let me write as you, and end it in ServiceNow too."


def linked(account_name: str, user_name: str) -> str:
    return (
        f"Your ServiceNow account is linked: {account_name} ({user_name}). What you decide here is written there as "
        "you, where the policy says so. Was it not you? Unlink it on my Home tab, and tell the change manager."
    )
