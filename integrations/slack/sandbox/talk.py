"""What people say and do among themselves: post, edit, delete, react, invite, leave. Apps may hear of it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from integrations.slack.sandbox.composer import composed
from integrations.slack.sandbox.errors import Json
from integrations.slack.sandbox.messages import Message
from integrations.slack.sandbox.normalise import rich_text
from integrations.slack.sandbox.people import User
from integrations.slack.sandbox.previews import preview
from integrations.slack.sandbox.reach import Cannot, Reach
from integrations.slack.sandbox.removal import take_down
from integrations.slack.sandbox.stamps import short_id

if TYPE_CHECKING:
    from integrations.slack.sandbox.workspace import Workspace


class Talk:
    def __init__(self, workspace: "Workspace", reach: Reach) -> None:
        self._workspace = workspace
        self._reach = reach

    def deeds(self) -> dict[str, Callable[[User, Json], Awaitable[Json]]]:
        return {
            "message": self.message, "compose": self.compose, "edit": self.edit, "delete": self.delete,
            "react": self.react, "invite": self.invite, "leave": self.leave,
        }  # fmt: skip

    async def message(self, user: User, sent: Json) -> Json:
        channel, workspace = self._reach.open_place(user, sent), self._workspace
        thread_ts = sent.get("thread_ts") or ""
        if thread_ts and not workspace.timeline.find(channel.id, thread_ts):
            raise Cannot("thread_not_found")
        text = composed(workspace, sent["text"])
        message = Message(
            workspace.stamps.next(), channel.id, text, user.team, user.id, blocks=rich_text(text),
            thread_ts=thread_ts, subtype="thread_broadcast" if thread_ts and sent.get("reply_broadcast") else "",
            client_msg_id=f"{short_id()}-{short_id()}",
        )  # fmt: skip
        workspace.timeline.add(message)
        workspace.revision.bump()
        workspace.events.posted(message)
        preview(workspace, message, links=True, media=True)
        return {"ok": True, "ts": message.ts}

    async def compose(self, user: User, sent: Json) -> Json:
        """Type without sending: links on an app's domains are told to it even so."""
        channel = self._reach.open_place(user, sent)
        unfurl = self._workspace.unfurls.composed(user, channel, composed(self._workspace, sent["text"]))
        return {"ok": True, "unfurl_id": unfurl.id if unfurl else ""}

    async def edit(self, user: User, sent: Json) -> Json:
        message, workspace = self._reach.own_message(user, sent), self._workspace
        before = workspace.timeline.as_wire(message, metadata="all")
        message.text = composed(workspace, sent["text"])
        message.blocks = rich_text(message.text)
        message.edited = {"user": user.id, "ts": workspace.stamps.next()}
        workspace.events.changed(message, before)
        workspace.revision.bump()
        return {"ok": True}

    async def delete(self, user: User, sent: Json) -> Json:
        take_down(self._workspace, self._reach.own_message(user, sent))
        return {"ok": True}

    async def react(self, user: User, sent: Json) -> Json:
        """``remove`` takes the emoji back."""
        self._reach.open_place(user, sent)
        message, name = self._reach.message(user, sent), sent["name"]
        if not isinstance(message, Message):
            raise Cannot("message_not_found")
        users, removed = message.reactions.setdefault(name, []), bool(sent.get("remove"))
        if removed != (user.id in users):
            raise Cannot("no_reaction" if removed else "already_reacted")
        users.remove(user.id) if removed else users.append(user.id)
        if not users:
            del message.reactions[name]
        self._workspace.events.reacted(user.id, message, name, removed=removed)
        self._workspace.revision.bump()
        return {"ok": True}

    async def invite(self, user: User, sent: Json) -> Json:
        """Bring somebody, or an app, into a channel."""
        channel, invitee = self._reach.open_place(user, sent), self._workspace.users.get(sent["invitee"])
        if not invitee or invitee.deleted:
            raise Cannot("user_not_found")
        if invitee.id in channel.members:
            raise Cannot("already_in_channel")
        channel.members.append(invitee.id)
        self._workspace.revision.bump()
        self._workspace.events.joined(invitee.id, channel, user.id)
        return {"ok": True}

    async def leave(self, user: User, sent: Json) -> Json:
        channel = self._reach.place(user, sent)
        channel.members.remove(user.id)
        self._workspace.events.left(user.id, channel)
        self._workspace.revision.bump()
        return {"ok": True}
