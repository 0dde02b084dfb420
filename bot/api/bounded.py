"""Bounded: an answer within a moment, or word that there is none, whatever the one who is asked does meanwhile."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


class Bounded(Generic[T]):
    """A question that may hang. It hangs in one thread of its own; who asks meanwhile waits for the same answer."""

    def __init__(self, ask: Callable[[], T], *, within: timedelta = timedelta(seconds=2)) -> None:
        self._ask = ask
        self._within = within.total_seconds()
        self._lock = threading.Lock()
        self._asked: tuple[float, Future[T]] | None = None

    def __call__(self) -> T:
        """Raises: TimeoutError, and whatever the question raises."""
        asked_at, answer = self._ask_once()
        return answer.result(timeout=max(asked_at + self._within - time.monotonic(), 0))

    def _ask_once(self) -> tuple[float, "Future[T]"]:
        with self._lock:
            if self._asked is None or self._asked[1].done():
                self._asked = (time.monotonic(), Future())
                # A daemon: what hangs does not keep the process from ending.
                threading.Thread(target=self._answer, args=[self._asked[1]], name="bounded", daemon=True).start()
            return self._asked

    def _answer(self, answer: "Future[T]") -> None:
        try:
            answer.set_result(self._ask())
        except BaseException as error:  # it is raised where it was asked
            answer.set_exception(error)
