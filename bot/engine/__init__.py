"""The durable engine: runs stories, survives crashes, takes over from the dead. The only importer of dbos.

One queue, partitioned by change, so that one change is worked on by one worker at a time. A job is short: it makes
moves until nothing is due, each move a step of its own. Our rows are the truth; the engine only makes sure that
somebody looks again.
"""

from bot.engine.queue import NEVER, NOW, Again, Queue
from bot.engine.worker import AlreadyRunning, Engine, Pace, migrate

__all__ = ["NEVER", "NOW", "Again", "AlreadyRunning", "Engine", "Pace", "Queue", "migrate"]
