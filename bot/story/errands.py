"""Errands: what is not a change's own move. An errand that could not be run is run again, and says so."""

from collections.abc import Callable

import structlog

from bot import metrics
from bot.engine import NEVER, Again
from bot.ports import Declined, Failure, NotThere, Outage
from bot.story.attempt import Ended

AGAIN_AFTER = 15.0
"""Seconds; an outage may ask for more."""
AGAIN_AFTER_REFUSAL = 300.0
"""A person has to mend something first."""

log = structlog.get_logger("cabbie.story")


def run_errand(errand: Callable[[], object], name: str) -> Again:
    """Run it; when to run it again, if it has to be."""
    outcome = Ended.FAILED
    try:
        errand()
        outcome = Ended.MADE
    except Outage as outage:
        log.warning("errand.outage", name=name, what=str(outage))
        return max(AGAIN_AFTER, outage.retry_after.total_seconds() if outage.retry_after else 0.0)
    except (Declined, NotThere) as refused:
        outcome = Ended.REFUSED
        log.error("errand.refused", name=name, what=str(refused))
        return AGAIN_AFTER_REFUSAL
    except Failure as failure:
        log.warning("errand.trouble", name=name, what=str(failure))
        return AGAIN_AFTER
    except Exception:
        outcome = Ended.BROKE
        log.exception("errand.broke", name=name)  # a bug of ours: said, and tried again
        return AGAIN_AFTER_REFUSAL
    finally:
        metrics.ERRANDS.labels(name, outcome).inc()
    return NEVER
