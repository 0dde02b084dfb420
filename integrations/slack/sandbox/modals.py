"""Views: modal stacks per person, the Home tab, their hashes and what is typed into them."""

import json
from typing import TYPE_CHECKING, Any

from integrations.slack.sandbox import blockkit
from integrations.slack.sandbox.errors import Json, SlackError, invalid_arguments
from integrations.slack.sandbox.form_state import fresh_state
from integrations.slack.sandbox.normalise import blocks_as_shown
from integrations.slack.sandbox.stamps import new_hash, new_id

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace

DEEPEST_STACK = 3  # docs.slack.dev/surfaces/modals
LARGEST_VIEW = 250_000  # bytes


class Modals:
    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._stacks: dict[str, list[Json]] = {}

    def stack(self, user: str) -> list[Json]:
        """The person's open modals, the one on top last."""
        return self._stacks.setdefault(user, [])

    def open_stacks(self) -> list[tuple[str, list[Json]]]:
        return [(user, stack) for user, stack in sorted(self._stacks.items()) if stack]

    def find(self, view_id: str = "", external_id: str = "") -> tuple[str, Json] | None:
        """Who has the view open, and the view."""
        for user, stack in self._stacks.items():
            for view in stack:
                if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                    return user, view
        return None

    def open(self, user: str, sent: Any) -> Json:
        """A new modal, in place of whatever was open."""
        view = self.make(sent, "modal")
        self._stacks[user] = [view]
        self._workspace.revision.bump()
        return view

    def push(self, user: str, sent: Any) -> Json:
        stack = self.stack(user)
        if len(stack) >= DEEPEST_STACK:
            raise SlackError("push_limit_reached")
        view = self.make(sent, "modal")
        view |= {"root_view_id": stack[0]["id"], "previous_view_id": stack[-1]["id"]}
        stack.append(view)
        self._workspace.revision.bump()
        return view

    def update(self, view: Json, sent: Any, view_hash: str = "") -> Json:
        """New content in the same view; input stays where block_id and action_id did."""
        if view_hash and view_hash != view["hash"]:
            raise SlackError("hash_conflict")
        new = self.make(sent, view["type"], instead_of=view)
        keep = ("id", "root_view_id", "previous_view_id")
        new |= {name: view[name] for name in keep}
        new["state"] = fresh_state(new["blocks"], view["state"]["values"])
        view.clear()
        view.update(new)
        self._workspace.revision.bump()
        return view

    def publish(self, user: str, sent: Any, view_hash: str = "") -> Json:
        old = self._workspace.homes.get(user)
        if view_hash and old and view_hash != old["hash"]:
            raise SlackError("hash_conflict")
        view = self.make(sent, "home", instead_of=old)
        if old:
            view |= {"id": old["id"], "root_view_id": old["id"]}
        self._workspace.homes[user] = view
        self._workspace.revision.bump()
        return view

    def close(self, user: str, view: Json) -> None:
        """This view goes, the one below shows again."""
        stack = self.stack(user)
        stack[:] = [one for one in stack if one is not view]
        self._workspace.revision.bump()

    def clear(self, user: str) -> None:
        self._stacks[user] = []
        self._workspace.revision.bump()

    def make(self, sent: Any, surface: str, instead_of: Json | None = None) -> Json:
        """The view as Slack shows it.

        Raises: SlackError ``invalid_arguments`` with pointers, ``view_too_large``, ``duplicate_external_id``.
        """
        kind = sent.get("type") if isinstance(sent, dict) else None
        if problems := blockkit.view_problems(sent, surface):
            raise invalid_arguments(*problems)
        if kind != surface:
            raise invalid_arguments("[ERROR] must be a valid enum value [json-pointer:/view/type]")
        if len(json.dumps(sent, ensure_ascii=False).encode()) > LARGEST_VIEW:
            raise SlackError("view_too_large")
        if (external_id := sent.get("external_id")) and self._is_taken(external_id, instead_of):
            raise SlackError("duplicate_external_id")
        blocks = blocks_as_shown(sent["blocks"])
        view_id, us = new_id("V"), self._workspace.us
        view: Json = {
            "id": view_id, "team_id": self._workspace.team.id, "type": surface, "blocks": blocks,
            "private_metadata": sent.get("private_metadata") or "", "callback_id": sent.get("callback_id") or "",
            "state": fresh_state(blocks, {}), "hash": new_hash(),
            "title": _text(sent.get("title")), "clear_on_close": bool(sent.get("clear_on_close")),
            "notify_on_close": bool(sent.get("notify_on_close")), "close": _text(sent.get("close")),
            "submit": _text(sent.get("submit")), "previous_view_id": None, "root_view_id": view_id,
            "app_id": us.app_id, "external_id": sent.get("external_id") or "",
            "app_installed_team_id": self._workspace.team.id, "bot_id": us.bot_id,
        }  # fmt: skip
        return view

    def _is_taken(self, external_id: str, instead_of: Json | None) -> bool:
        """An app gives each of its views another external_id."""
        views = [*(v for stack in self._stacks.values() for v in stack), *self._workspace.homes.values()]
        return any(view["external_id"] == external_id and view is not instead_of for view in views)


def _text(text: Json | None) -> Json | None:
    return {"emoji": True, **text} if text else None
