"""A logger for Slack's libraries: they print bodies, parameters and socket tickets at INFO and DEBUG."""

import logging


def quiet_logger() -> logging.Logger:
    """Warnings and errors only, whatever the root's level is."""
    logger = logging.getLogger("slack_bolt.cabbie")
    logger.setLevel(logging.WARNING)
    return logger
