"""What the doctor asks about this machine."""

from bot.ports import Check
from bot.rehearsal import machine_time
from bot.wiring.parts import Parts


def checks_of_itself(parts: Parts) -> tuple[Check, ...]:
    """What the doctor asks about this machine."""
    path = parts.settings.cabbie_rehearsal_clock
    if path is None:
        return (check_database(parts),)
    ahead = round((parts.tools.now() - machine_time()).total_seconds())
    found = f"times may be moved, now by {ahead} s: every window and expiry with them"
    return (check_database(parts), Check("clock", "warning", found, "unset CABBIE_REHEARSAL_CLOCK in production"))


def check_database(parts: Parts) -> Check:
    """Writable, at this version, and its ledger unbroken."""
    try:
        with parts.ledger.begin() as tx:
            tx.set_watermark("doctor", tx.now.isoformat())
        count, broken = parts.reads.verify()
    except Exception as error:  # whatever is wrong with it, the doctor says so
        return Check(
            "database",
            "wrong",
            f"it cannot be used: {type(error).__name__}",
            "check DATABASE_URL, then run `cabbie migrate`",
        )
    if broken:
        return Check(
            "database",
            "wrong",
            f"ledger entry {broken.seq} does not hold: {broken.why}",
            "keep the file, call an auditor",
        )
    return Check("database", "good", f"writable, {count} ledger entries hold")
