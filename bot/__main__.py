"""``python -m bot``: the same as ``cabbie``."""

from bot.cli import main

main()
