"""How faithful the stand-in is, call by call. A test holds it equal to what is really served."""

COVERAGE: dict[str, str] = {
    # facts §5, §6
    "POST /api/api.test": "supported",
    "POST /api/apps.connections.open": "supported",
    "POST /api/auth.test": "supported",
    "POST /api/blocks.validate": "partial: judged for every surface at once when only blocks are sent",
    "POST /api/bots.info": "supported",
    "POST /api/chat.delete": "partial: a parent goes without a tombstone",
    "POST /api/chat.getPermalink": "supported",
    "POST /api/chat.postEphemeral": "partial: everybody counts as online",
    "POST /api/chat.postMessage": "partial: no unfurling, no icons, no scheduled messages, no Work Objects",
    "POST /api/chat.update": "partial: no edit window",
    "POST /api/conversations.history": "supported",
    "POST /api/conversations.info": "supported",
    "POST /api/conversations.join": "supported",
    "POST /api/conversations.list": "supported",
    "POST /api/conversations.members": "supported",
    "POST /api/conversations.open": "partial: direct messages with one person",
    "POST /api/conversations.replies": "supported",
    "POST /api/files.completeUploadExternal": "partial: shares to one channel, at once",
    "POST /api/files.getUploadURLExternal": "supported",
    "POST /api/reactions.add": "partial: messages only",
    "POST /api/reactions.remove": "partial: messages only",
    "POST /api/team.info": "supported",
    "POST /api/usergroups.list": "partial: no disabled groups",
    "POST /api/usergroups.users.list": "supported",
    "POST /api/users.info": "supported",
    "POST /api/users.list": "supported",
    "POST /api/users.lookupByEmail": "supported",
    "POST /api/views.open": "supported",
    "POST /api/views.publish": "supported",
    "POST /api/views.push": "supported",
    "POST /api/views.update": "supported",
    # facts §2, §3 (a command answered in_channel is not echoed as typed): the addresses handed out
    "POST /commands/{path:path}": "supported",
    "POST /actions/{path:path}": "supported",
    "POST /app/{path:path}": "supported",
    "POST /upload/v1/{ticket}": "supported",
    # facts §1.2: Socket Mode
    "GET /link/": "partial: pings are the server library's; a ticket does not age",
}
"""Facts of the vendor that are only guessed at are marked where they stand in the code."""
