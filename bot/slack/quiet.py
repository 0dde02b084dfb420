"""A logger for Slack's libraries: they print bodies, parameters and socket tickets at INFO and DEBUG."""

import logging


def quiet_logger() -> logging.Logger:
    """Errors only, whatever the root's level is: its one warning is about a token we give it on purpose."""
    logger = logging.getLogger("slack_bolt.cabbie")
    logger.setLevel(logging.ERROR)
    return logger
