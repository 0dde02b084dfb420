"""Who is in the workspace: people, apps and their bot users, user groups; as the Web API shows them."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.slack.sandbox.errors import Json

SLACKBOT = "USLACKBOT"
ZONE = "Europe/Amsterdam"  # where the seeded company sits
SEEDED_AT = 1_700_000_000


@dataclass(frozen=True)
class Team:
    id: str
    domain: str
    name: str
    url: str = ""


@dataclass
class App:
    """An app and its bot user. ``shape`` is how its posts look to others."""

    key: str
    id: str
    bot_id: str
    app_id: str
    name: str
    shape: str = "modern"

    def profile(self, team: str) -> Json:
        icons = {f"image_{n}": f"https://a.slack-edge.com/80588/img/plugins/app/bot_{n}.png" for n in (36, 48, 72)}
        return {
            "id": self.bot_id, "deleted": False, "name": self.name, "updated": SEEDED_AT,
            "app_id": self.app_id, "user_id": self.id, "icons": icons, "team_id": team,
        }  # fmt: skip


SLACKBOT_APP = App("slackbot", SLACKBOT, "B01", "A00", "Slackbot")
"""Slackbot as the other end of a direct message; it is nobody's app."""


@dataclass
class User:
    """One account, a person's or a bot's."""

    id: str
    name: str
    """The handle, e.g. ``linus``."""
    real_name: str
    team: str
    email: str = ""
    title: str = ""
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_app_user: bool = False
    """An app's user without a bot."""
    is_admin: bool = False
    is_owner: bool = False
    is_email_confirmed: bool = True
    is_online: bool = True
    tz: str = ZONE
    locale: str = "en-US"
    app: App | None = None

    def as_wire(self, *, home_team: str, with_email: bool, with_locale: bool = False) -> Json:
        """As users.info shows it to an app of ``home_team``: strangers by Slack Connect keep their e-mail."""
        is_stranger = self.team != home_team
        base: Json = {"id": self.id, "team_id": self.team, "name": self.name, "deleted": self.deleted}
        profile = self._profile()
        if with_email and self.email and not is_stranger:
            profile["email"] = self.email
        end = {"is_bot": self.is_bot, "is_app_user": self.is_app_user, "updated": SEEDED_AT}
        if self.deleted:
            # Deactivated accounts lose zone, colour and the member flags.
            return base | {"profile": profile, "is_forgotten": False} | end
        flags: Json = {
            "color": "9f69e7", "real_name": self.real_name, "tz": self.tz, "tz_label": self.tz.replace("_", " "),
            "tz_offset": _offset(self.tz), "profile": profile, "is_admin": self.is_admin, "is_owner": self.is_owner,
            "is_primary_owner": False, "is_restricted": self.is_restricted or self.is_ultra_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_email_confirmed": self.is_email_confirmed and not self.is_bot, "has_2fa": False,
            "who_can_share_contact_card": "EVERYONE",
        }  # fmt: skip
        flags |= {"locale": self.locale} if with_locale else {}
        return base | flags | end | ({"is_stranger": True} if is_stranger else {})

    def _profile(self) -> Json:
        first, _, last = self.real_name.partition(" ")
        shown = "" if self.is_bot else self.name
        profile: Json = {
            "title": self.title, "phone": "", "skype": "", "real_name": self.real_name,
            "real_name_normalized": self.real_name, "display_name": shown, "display_name_normalized": shown,
            "status_text": "", "status_emoji": "", "status_expiration": 0, "avatar_hash": f"g{self.id.lower()}",
            "first_name": first, "last_name": last, "team": self.team,
        }  # fmt: skip
        sizes = (24, 32, 48, 72, 192, 512)
        profile |= {f"image_{n}": f"https://secure.gravatar.com/avatar/{self.id.lower()}.jpg?s={n}" for n in sizes}
        return profile | ({"bot_id": self.app.bot_id, "api_app_id": self.app.app_id} if self.app else {})


@dataclass
class Usergroup:
    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    is_disabled: bool = False

    def as_wire(self, *, team: str, with_users: bool, with_count: bool = True) -> Json:
        wire: Json = {
            "id": self.id, "team_id": team, "is_usergroup": True, "is_subteam": True, "name": self.name,
            "description": "", "handle": self.handle, "is_external": False, "date_create": SEEDED_AT,
            "date_update": SEEDED_AT, "date_delete": SEEDED_AT if self.is_disabled else 0, "auto_type": None,
            "created_by": SLACKBOT, "updated_by": SLACKBOT, "deleted_by": SLACKBOT if self.is_disabled else None,
            "prefs": {"channels": [], "groups": []},
        }  # fmt: skip
        wire |= {"user_count": str(len(self.users))} if with_count else {}
        return wire | ({"users": list(self.users)} if with_users else {})


def _offset(zone: str) -> int:
    offset = datetime.now(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset else 0
