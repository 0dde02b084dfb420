"""Work that an answer only announces: started now, done a moment later, looked up by its id."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.servicenow.sandbox.instance import Instance
from integrations.standin.world import sys_id_of

# The reference shows 1 Waiting and 3 Complete; 2 and 4 follow from its text. A switch has them the other way round.
WAITING, IN_PROGRESS, COMPLETE, ERROR = "Waiting", "In-Progress", "Complete", "Error"
VALUES = {
    "1-2-3-4": {WAITING: 1, IN_PROGRESS: 2, COMPLETE: 3, ERROR: 4},
    "1-4-3-2": {WAITING: 1, IN_PROGRESS: 4, COMPLETE: 3, ERROR: 2},
}


class WorkFailed(Exception):
    """The worker ends in error; the text is its message."""


@dataclass
class Worker:
    """One piece of work."""

    sys_id: str
    type: str
    """affected, impacted, offering, schedule, conflict."""
    request: str
    state: str = WAITING
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    infos: list[str] = field(default_factory=list)
    payload: dict[str, Any] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return self.state in (COMPLETE, ERROR)

    def stop(self, why: str) -> None:
        """Its job will do nothing any more."""
        self.state = ERROR
        self.errors.append(why)


Job = Callable[[Worker], None]
"""Does the work; raises WorkFailed when it cannot be done."""


def start(inst: Instance, kind: str, request: Mapping[str, Any], job: Job) -> tuple[Worker, dict[str, Any]]:
    """A worker, and what is told of it now: it waits."""
    sys_id = sys_id_of("worker", f"#{len(inst.workers) + 1}")
    worker = inst.workers[sys_id] = Worker(sys_id, kind, json.dumps(request, separators=(",", ":")))
    told = told_of(inst, worker)
    inst.later(_begin, inst, worker, job)
    return worker, told


def told_of(inst: Instance, worker: Worker) -> dict[str, Any]:
    """All but its own link, which depends on how the instance was called."""
    values = VALUES[inst.switches["worker_states"]]
    messages = {"errorMessages": worker.errors, "warningMessages": worker.warnings, "infoMessages": worker.infos}
    return {
        "request": worker.request,
        "state": {"value": values[worker.state], "display_value": worker.state},
        "type": worker.type,
        "messages": {kind: list(texts) for kind, texts in messages.items()},
        **({"payload": worker.payload} if worker.payload else {}),
    }


def _begin(inst: Instance, worker: Worker, job: Job) -> None:
    if not worker.is_over:
        worker.state = IN_PROGRESS
        inst.later(_finish, inst, worker, job)


def _finish(inst: Instance, worker: Worker, job: Job) -> None:
    if worker.is_over:
        return
    try:
        if worker.type in inst.switches["failing_workers"]:
            raise WorkFailed("The worker could not complete its request")
        job(worker)
        worker.state = COMPLETE
    except WorkFailed as reason:
        worker.stop(str(reason))
