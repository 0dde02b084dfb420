"""``cabbie``, the command. Exit 0 good, 1 a "no" with its reason, 2 wrong usage."""

from bot.cli.app import app, main

__all__ = ["app", "main"]
