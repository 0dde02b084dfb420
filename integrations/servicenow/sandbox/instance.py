"""One ServiceNow instance: its records, its switches, its flows."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec

from integrations.servicenow.sandbox.data.display import labels_of
from integrations.servicenow.sandbox.data.store import Store
from integrations.servicenow.sandbox.switches import defaults
from integrations.standin.clock import Clock
from integrations.standin.secrets import Secrets

if TYPE_CHECKING:
    from integrations.servicenow.sandbox.engine.approvals import Demand
    from integrations.servicenow.sandbox.engine.workers import Worker

P = ParamSpec("P")


@dataclass
class Instance:
    """Everything the endpoints share."""

    secrets: Secrets
    clock: Clock = field(default_factory=Clock)
    """What the instance takes for now."""
    store: Store = field(init=False)
    switches: dict[str, Any] = field(default_factory=defaults)
    files: dict[str, bytes] = field(default_factory=dict)
    """Attachment sys_id → its bytes."""
    workers: "dict[str, Worker]" = field(default_factory=dict)
    """Worker sys_id → the work."""
    checks: "dict[str, Worker]" = field(default_factory=dict)
    """Change sys_id → its last conflict check."""
    assessed: dict[str, str] = field(default_factory=dict)
    """Change sys_id → the level its risk assessment came to."""
    stages: "dict[str, list[Demand]]" = field(default_factory=dict)
    """Change sys_id → what its present state waits for; not there until the flow has asked."""
    held: set[str] = field(default_factory=set)
    """Approver rows and tasks that their change's hold set aside."""
    runs: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Change sys_id → how many flows were started for it: one that was overtaken does nothing."""

    shown: tuple[str, ...] = ()
    """The switches as the settings' rows show them."""

    def __post_init__(self) -> None:
        self.store = Store(self.clock)

    def later(self, job: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run a flow's next step after the write that set it off has been answered."""
        if self.switches["flow_seconds"] <= 0:
            job(*args, **kwargs)
            return
        asyncio.get_running_loop().call_later(self.switches["flow_seconds"], lambda: job(*args, **kwargs))

    def labels(self, table: str, element: str) -> dict[str, str]:
        return labels_of(table, element, self.switches["risk_scale"])
