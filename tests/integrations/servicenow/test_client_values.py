"""Values as ServiceNow itself holds them: numbers that look like nothing, and times in UTC."""

from bot.change.model import State
from tests.integrations.servicenow.client_rig import changes_of, opened
from tests.integrations.servicenow.conftest import Servicenow


def test_review_is_a_state_although_its_number_is_zero(snow: Servicenow) -> None:
    changes = changes_of(snow)
    sys_id = snow.scheduled()
    changes.move(sys_id, State.IMPLEMENT)

    assert State.REVIEW in changes.next_states(sys_id)
    assert changes.move(sys_id, State.REVIEW).state is State.REVIEW
    assert changes.read(sys_id).state is State.REVIEW


def test_servicenow_holds_the_window_in_utc(snow: Servicenow) -> None:
    record = opened(changes_of(snow))

    held = snow.change(record.sys_id)
    assert (held["start_date"], held["end_date"]) == ("2026-03-02 09:00:00", "2026-03-02 13:00:00")
