"""A conversation: public channel, private channel or direct message; who is in it, how the Web API shows it."""

from dataclasses import dataclass, field

from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.people import SEEDED_AT


@dataclass
class Channel:
    """``members`` are user ids in order of arrival. A direct message has ``im_user`` and belongs to one app."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    partner: str = ""
    """The workspace at the other end, once the channel is shared."""
    im_user: str = ""
    im_app: str = ""
    topic: str = ""
    purpose: str = ""
    restriction: str = ""
    """Who may post what: ``read_only``, ``thread_only``, ``non_threadable`` or nothing."""
    pins: list[str] = field(default_factory=list)
    """Timestamps of pinned messages, the latest first."""
    bookmarks: list[Json] = field(default_factory=list)

    @property
    def is_im(self) -> bool:
        return bool(self.im_user)

    @property
    def kind(self) -> str:
        """Slack's channel_type in message events."""
        return "im" if self.is_im else "group" if self.is_private else "channel"

    @property
    def scope_word(self) -> str:
        """What scopes call it: ``channels:history``, ``groups:read``, ``im:write``."""
        return {"im": "im", "group": "groups", "channel": "channels"}[self.kind]

    def as_wire(self, *, me: str, team: str, with_count: bool = False) -> Json:
        if self.is_im:
            return {
                "id": self.id, "created": SEEDED_AT, "is_archived": False, "is_im": True, "is_org_shared": False,
                "user": self.im_user, "is_user_deleted": False, "priority": 0, "context_team_id": team,
            }  # fmt: skip
        wire: Json = {
            "id": self.id, "name": self.name, "name_normalized": self.name, "created": SEEDED_AT,
            "creator": self.members[0] if self.members else "", "updated": SEEDED_AT * 1000, "unlinked": 0,
            "is_channel": not self.is_private, "is_group": self.is_private, "is_im": False, "is_mpim": False,
            "is_private": self.is_private, "is_archived": self.is_archived, "is_general": False,
            "is_read_only": self.restriction == "read_only", "is_shared": self.is_ext_shared, "is_org_shared": False,
            "is_ext_shared": self.is_ext_shared, "is_pending_ext_shared": False, "pending_shared": [],
            "parent_conversation": None, "is_member": me in self.members, "context_team_id": team,
            "previous_names": [], "shared_team_ids": [team, self.partner] if self.is_ext_shared else [team],
            "topic": _sentence(self.topic), "purpose": _sentence(self.purpose),
        }  # fmt: skip
        wire |= {"connected_team_ids": [self.partner]} if self.is_ext_shared else {}
        return wire | ({"num_members": len(self.members)} if with_count else {})


def _sentence(value: str) -> Json:
    return {"value": value, "creator": "", "last_set": SEEDED_AT if value else 0}
