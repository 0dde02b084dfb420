"""The change models: which state may follow which, by whom, under what conditions."""

from dataclasses import dataclass
from typing import Any

from integrations.servicenow.sandbox.data.choices import (
    ASSESS,
    AUTHORIZE,
    CANCELED,
    CLOSED,
    IMPLEMENT,
    NEW,
    REVIEW,
    SCHEDULED,
)
from integrations.standin.world import sys_id_of

NOT_ON_HOLD = "Not On hold"
NO_ACTIVE_TASKS = "No active Change Tasks"
APPROVED = "Change approved"
REJECTED = "Change rejected"
UNAUTHORIZED = "Unauthorized change"


@dataclass(frozen=True)
class Transition:
    """One arrow of a model."""

    model: str
    origin: str
    target: str
    conditions: tuple[str, ...] = ()
    is_automatic: bool = False
    """Only a flow may take it."""

    @property
    def sys_id(self) -> str:
        kind = "automatic" if self.is_automatic else "manual"
        return sys_id_of("chg_model_transition", f"{self.model} {self.origin} {self.target} {kind}")


def _work(model: str) -> tuple[Transition, ...]:
    """What every model has from Scheduled on."""
    return (
        Transition(model, SCHEDULED, IMPLEMENT, (NOT_ON_HOLD,)),
        Transition(model, SCHEDULED, CANCELED),
        Transition(model, IMPLEMENT, REVIEW, (NO_ACTIVE_TASKS,), is_automatic=True),
        Transition(model, IMPLEMENT, REVIEW, (NOT_ON_HOLD,)),
        Transition(model, IMPLEMENT, CANCELED),
        Transition(model, REVIEW, CLOSED, (NOT_ON_HOLD, NO_ACTIVE_TASKS)),
        Transition(model, NEW, CANCELED),
    )


# Revert to New: from these, and from no other state that waits. Docs, "State model and transitions".
REVERTS = (("Normal", ASSESS), ("Emergency", AUTHORIZE))


def _decision(model: str, origin: str, target: str) -> tuple[Transition, ...]:
    """A state that waits for approvals: on, back, or out."""
    by_hand = (Transition(model, origin, NEW, (NOT_ON_HOLD,)),) if (model, origin) in REVERTS else ()
    return (
        Transition(model, origin, target, (APPROVED,), is_automatic=True),
        Transition(model, origin, NEW, (REJECTED,), is_automatic=True),
        *by_hand,
        Transition(model, origin, CANCELED),
    )


# Only for a change that was made without authorization, and shown only there.
_AFTER_THE_FACT = Transition("Emergency", AUTHORIZE, REVIEW, (APPROVED, UNAUTHORIZED), is_automatic=True)
# Sequences, gates and the cancel column: Change Management docs, "States for normal, standard and emergency changes".
MODELS: dict[str, tuple[Transition, ...]] = {
    "Normal": (
        Transition("Normal", NEW, ASSESS, (NOT_ON_HOLD,)),
        *_decision("Normal", ASSESS, AUTHORIZE),
        *_decision("Normal", AUTHORIZE, SCHEDULED),
        *_work("Normal"),
    ),
    "Standard": (Transition("Standard", NEW, SCHEDULED), *_work("Standard")),
    "Emergency": (
        Transition("Emergency", NEW, AUTHORIZE, (NOT_ON_HOLD,)),
        *_decision("Emergency", AUTHORIZE, SCHEDULED),
        _AFTER_THE_FACT,
        *_work("Emergency"),
    ),
    "Change Registration": (Transition("Change Registration", NEW, SCHEDULED), *_work("Change Registration")),
}
# One documented example shows an emergency change in Assess, which its own model does not have: a switch decides.
EMERGENCY_WITH_ASSESS = (
    Transition("Emergency", NEW, ASSESS, (NOT_ON_HOLD,)),
    *_decision("Emergency", ASSESS, AUTHORIZE),
    *_decision("Emergency", AUTHORIZE, SCHEDULED),
    _AFTER_THE_FACT,
    *_work("Emergency"),
)


def transitions(model: str, switches: dict[str, Any]) -> tuple[Transition, ...]:
    if model == "Emergency" and switches["emergency_assess"]:
        return EMERGENCY_WITH_ASSESS
    return MODELS[model]
