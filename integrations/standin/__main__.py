"""``python -m integrations.standin``: a Slack, a Jira and a ServiceNow of one's own, with a page to look at them."""

import argparse
import sys
from pathlib import Path

from integrations.standin.run import BusyPort, Choices, run


def main() -> None:
    try:
        run(Choices(**vars(_parser().parse_args())))
    except BusyPort as error:
        sys.exit(str(error))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m integrations.standin", description=__doc__.split(": ")[1])
    given = Choices()
    parser.add_argument("--page-port", type=int, default=given.page_port, help="the page's port (%(default)s)")
    for system in ("slack", "jira", "servicenow"):
        parser.add_argument(f"--{system}-port", type=int, default=0, help="a free one unless given")
    parser.add_argument("--bot-url", default=given.bot_url, help="where the bot listens (%(default)s)")
    parser.add_argument("--repositories", type=Path, help="where to build the git repositories (a passing directory)")
    parser.add_argument("--socket-mode", action="store_true", help="hand out the app token for Socket Mode")
    parser.add_argument("--print-environment", action="store_true", help="also as shell words, on standard error")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the starting process is gone")
    told = "also a line when all starts over: to end the bot, and to begin with a fresh one"
    parser.add_argument("--tell-resets", action="store_true", help=told)
    return parser


if __name__ == "__main__":
    main()
