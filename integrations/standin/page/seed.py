"""What the page must know before anything happened: who one can be, and what can be deployed."""

from pathlib import Path
from typing import Any

import yaml

from integrations.standin.world import Human, World

MANIFEST = Path(__file__).parents[3] / "config" / "slack-manifest.yaml"
STATUSES = ("requested", "started", "succeeded", "failed", "canceled")


def seed_for_page(world: World, commands: list[str]) -> dict[str, Any]:
    """``commands`` are those Slack knows for the app."""
    return {
        "team": world["team"]["name"],
        "bot": world["slack"]["bot"]["id"],
        "people": [_person(world, human) for human in world.people.values()],
        "apps": [{"name": name, "label": app["name"]} for name, app in world["slack"]["apps"].items()],
        "channels": [
            {"id": channel["id"], "name": name, "members": channel["members"]}
            for name, channel in world["slack"]["channels"].items()
        ],
        "services": [
            {"name": name, "versions": [c["tag"].removeprefix("v") for c in log if "tag" in c]}
            for name, log in world["git"].items()
        ],
        "statuses": STATUSES,
        **_features(commands),
    }


def _features(commands: list[str]) -> dict[str, Any]:
    """What Slack's own client would offer for the app, described as in its manifest."""
    manifest = yaml.safe_load(MANIFEST.read_text()) if MANIFEST.exists() else {}
    features = manifest.get("features", {})
    described = {told["command"]: told for told in features.get("slash_commands", [])}
    return {
        "commands": [described.get(name, {"command": name}) for name in commands],
        "shortcuts": features.get("shortcuts", []),
    }


def _person(world: World, human: Human) -> dict[str, Any]:
    return {
        "key": human.key,
        "slack": human.slack,
        "name": human.name,
        "role": _role(world, human),
        "servicenow": human.servicenow,
        "is_ours": human.team == world["team"]["id"],
    }


def _role(world: World, human: Human) -> str:
    notes = [human.title]
    if human.is_restricted:
        notes.append("guest")
    if human.deleted:
        notes.append("deactivated")
    if human.team != world["team"]["id"]:
        notes.append("other workspace")
    return ", ".join(notes)
