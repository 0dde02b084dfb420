"""The workspace at its start, made from the seeded world."""

import re
from pathlib import Path

import yaml

from integrations.slack.sandbox.channels import Channel
from integrations.slack.sandbox.people import SLACKBOT, App, Team, User, Usergroup
from integrations.standin.world import Human, World

MANIFEST = Path(__file__).parents[3] / "config" / "slack-manifest.yaml"
_ASKED = yaml.safe_load(MANIFEST.read_text())
# An app is granted and told what its manifest asks for; the seed may say otherwise (``slack.bot.scopes``, …).
SCOPES: tuple[str, ...] = tuple(_ASKED["oauth_config"]["scopes"]["bot"])
EVENTS: tuple[str, ...] = tuple(_ASKED["settings"]["event_subscriptions"]["bot_events"])
COMMANDS: tuple[str, ...] = tuple(command["command"] for command in _ASKED["features"]["slash_commands"])
SHORTCUTS: tuple[str, ...] = tuple(one["callback_id"] for one in _ASKED["features"].get("shortcuts", ()))
UNFURL_DOMAINS: tuple[str, ...] = tuple(_ASKED["features"].get("unfurl_domains", ()))


def team_of(world: World) -> Team:
    return Team(**world["team"])


def other_team_of(world: World) -> Team:
    """The workspace at the other end of Slack Connect."""
    return Team(**world["other_team"])


def apps_of(world: World) -> dict[str, App]:
    """By their key in the seed; ours first."""
    ours = world["slack"]["bot"]
    facts = {ours["name"]: ours, **world["slack"].get("apps", {})}
    return {
        key: App(key=key, shape=f.get("shape", "modern"), **{n: f[n] for n in ("id", "bot_id", "app_id", "name")})
        for key, f in facts.items()
    }


def users_of(world: World, apps: dict[str, App]) -> dict[str, User]:
    """By Slack id: people, bot users, Slackbot."""
    team = team_of(world).id
    users = [_person(human) for human in world.people.values()]
    users += [User(a.id, a.name.lower(), a.name, team, is_bot=True, app=a) for a in apps.values()]
    # users.list shows Slackbot with is_bot false, as Slack does.
    users.append(User(SLACKBOT, "slackbot", "Slackbot", team))
    return {user.id: user for user in users}


def channels_of(world: World, apps: dict[str, App]) -> dict[str, Channel]:
    ids = {key: human.slack for key, human in world.people.items()} | {key: app.id for key, app in apps.items()}
    gone = {human.slack for human in world.people.values() if human.deleted}
    channels = {}
    for name, facts in world["slack"]["channels"].items():
        # Deactivating somebody takes them out of every channel.
        members = [ids[key] for key in facts["members"] if ids[key] not in gone]
        flags = {flag: facts.get(flag, False) for flag in ("is_private", "is_archived", "is_ext_shared")}
        channels[facts["id"]] = Channel(facts["id"], name, members, partner=world["other_team"]["id"], **flags)
    return channels


def usergroups_of(world: World) -> dict[str, Usergroup]:
    """The groups of the seed as Slack user groups, without whoever cannot be a member."""
    team = team_of(world).id
    groups = {}
    for name, facts in world["groups"].items():
        people = [world.people[key] for key in facts["members"]]
        users = [p.slack for p in people if p.team == team and not p.deleted]
        handle = re.sub(r"[^a-z0-9]+", "-", name.lower())
        group = Usergroup(f"S0{handle.replace('-', '').upper()}", handle, name, users)
        groups[group.id] = group
    return groups


def _person(human: Human) -> User:
    return User(
        human.slack, human.key, human.name, human.team, human.email, human.title,
        deleted=human.deleted, is_restricted=human.is_restricted,
    )  # fmt: skip
