"""All that Cabbie said to the three systems, and all they answered, against what the vendors document."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tests.traffic import jira, servicenow, slack
from tests.traffic.call import Call
from tests.traffic.slack_acknowledgements import acknowledgement_complaints

Checker = Callable[[Call], Iterable[str]]
CHECKERS: dict[str, Callable[[], Checker]] = {
    "slack": lambda: slack.complaints,
    "jira": jira.checker,
    "servicenow": lambda: servicenow.complaints,
}
SYSTEMS = tuple(CHECKERS)
MOST_SHOWN = 40
LONGEST_LINE = 500


def check_traffic(
    diaries: Mapping[str, Iterable[Mapping[str, Any]]], deliveries: Iterable[Mapping[str, Any]] = ()
) -> None:
    """diaries: system → its entries, whole. deliveries: of Slack's, each with how Cabbie acknowledged it.

    Raises: AssertionError with a line for each thing that a vendor documents otherwise."""
    found = Counter(line for system, entries in diaries.items() for line in complaints(system, entries))
    found.update(f"slack: {one['type']}: {line}" for one in deliveries for line in acknowledgement_complaints(one))
    lines = [f"{line[:LONGEST_LINE]}{f'  (×{count})' if count > 1 else ''}" for line, count in found.most_common()]
    more = f"\n… and {len(lines) - MOST_SHOWN} more" if len(lines) > MOST_SHOWN else ""
    assert not found, "the vendors document it otherwise:\n" + "\n".join(lines[:MOST_SHOWN]) + more


def complaints(system: str, entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One line for each thing wrong with what Cabbie asked of the system, or with what that answered."""
    check = CHECKERS[system]()
    for call in map(Call.of, entries):
        if not call.is_ours:
            continue
        if call.cut:
            yield f"{system}: {call.name}: {' and '.join(call.cut)} too long to be kept, so nothing is known of it"
            continue
        yield from (f"{system}: {call.name}: {line}" for line in check(call))
