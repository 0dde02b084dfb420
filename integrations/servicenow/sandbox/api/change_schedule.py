"""When a change or a configuration item could be scheduled: ``/api/sn_chg_rest/change/…/schedule``."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from integrations.servicenow.sandbox import refusals
from integrations.servicenow.sandbox.access import rights
from integrations.servicenow.sandbox.api.change_workers import announced
from integrations.servicenow.sandbox.api.changes import change_at
from integrations.servicenow.sandbox.api.door import Call
from integrations.servicenow.sandbox.data.store import STAMP, Record
from integrations.servicenow.sandbox.engine import schedules, workers, writes
from integrations.servicenow.sandbox.engine.spans import Span
from integrations.servicenow.sandbox.engine.workers import Worker, WorkFailed
from integrations.servicenow.sandbox.instance import Instance
from integrations.servicenow.sandbox.refusals import Refused


def schedule_of_change(inst: Instance, call: Call) -> Response:
    """Free stretches long enough for the change, told by the worker."""
    change = change_at(inst, call)
    rights.check_schedules(call.session)
    item, window = _item_of(inst, change), schedules.planned(change)
    if window is None:
        raise refusals.bad_request("The change request must have a planned start and end date")

    def work(worker: Worker) -> None:
        worker.payload = _free(inst, item, window.length, but=change)

    request = {"change_sys_id": change.sys_id, "timezone": call.session.zone}
    return announced(call, *workers.start(inst, "schedule", request, work), 202)


def schedule_of_item(inst: Instance, call: Call) -> Response:
    rights.check_schedules(call.session)
    item = inst.store.find("cmdb_ci", call.at("ci"))
    if item is None:
        raise refusals.no_record()
    length = _length(call.query.get("duration_in_seconds"))

    def work(worker: Worker) -> None:
        worker.payload = _free(inst, item, length)

    request = {"ci_sys_id": item.sys_id, **_asked(length), "timezone": call.session.zone}
    return announced(call, *workers.start(inst, "schedule", request, work), 202)


def take_first_available(inst: Instance, call: Call) -> Response:
    """Moves the change's planned dates to the first free stretch."""
    change = change_at(inst, call)
    rights.check_schedules(call.session)
    rights.unwritable(inst, call.session, change, ("start_date", "end_date"))
    item = _item_of(inst, change)
    asked = call.body() if call.content.strip() else dict(call.query)
    length = _length(asked.get("duration_in_seconds"))

    def work(worker: Worker) -> None:
        slot = schedules.first_slot(inst, item, length, but=change)
        if slot is None:
            raise WorkFailed("No available time was found")
        _move(inst, call, change, slot)
        worker.payload = {"spans": [_told(slot)]}

    request = {"change_sys_id": change.sys_id, **_asked(length), "timezone": call.session.zone}
    return announced(call, *workers.start(inst, "schedule", request, work), 202)


def _move(inst: Instance, call: Call, change: Record, slot: Span) -> None:
    dates = {"start_date": slot.start.strftime(STAMP), "end_date": slot.end.strftime(STAMP)}
    try:
        writes.update_change(inst, change, dates, call.session)
    except Refused as refused:
        raise WorkFailed(f"{refused.message}: {refused.detail}") from None


def _free(inst: Instance, item: Record, length: timedelta, but: Record | None = None) -> dict[str, Any]:
    now = inst.clock.now().replace(microsecond=0)
    found = schedules.free(inst, item, Span(now, now + schedules.AHEAD), but)
    return {"spans": _all_told(span for span in found if span.length >= length)}


def _all_told(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [_told(span) for span in spans]


def _told(span: Span) -> dict[str, str]:
    return {"start": span.start.strftime(STAMP), "end": span.end.strftime(STAMP)}


def _asked(length: timedelta) -> dict[str, int]:
    return {"duration_in_seconds": int(length.total_seconds())}


def _item_of(inst: Instance, change: Record) -> Record:
    item = inst.store.find("cmdb_ci", change["cmdb_ci"])
    if item is None:
        raise refusals.bad_request("The change request must have a configuration item")
    return item


def _length(given: Any) -> timedelta:
    text = str(given or "")
    if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) < 1:
        raise refusals.bad_request("duration_in_seconds must be a positive number")
    return timedelta(seconds=min(int(text), int(schedules.AHEAD.total_seconds())))
