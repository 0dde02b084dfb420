"""What other tools say in their own words: taken as an announcement, tied to what was said before, or asked about."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.change.announcement import UNPOSTED, Announcement, Answer, Completion, Question, Told
from bot.change.errors import AlreadyComplete, Refusal, StillMissing, TooLateToComplete
from bot.change.fingerprint import fingerprint
from bot.change.model import Change, Person, State, Status
from bot.change.reading import Reading
from bot.change.settling import ASKING, ENVIRONMENT, SERVICE, VERSION, Settled, listed, settle
from bot.desk.asking import Place, announce, is_about, known_as
from bot.desk.hearing import Hearing
from bot.desk.proving import have_proven
from bot.desk.reporting import check_may_report

ASK = "question"
"""The errand that asks a person for what is missing, below the post."""
LONGEST_QUESTION = timedelta(days=1)
"""After that nobody can tell any more what was meant."""
SETTLED = "settled"
"""The errand that says in its place what became of it."""


@dataclass(frozen=True)
class Understood:
    """A tool's word under the policy: what it comes to, what it is about, and what a person has to add."""

    settled: Settled
    about: Change | None = None
    missing: tuple[str, ...] = ()


def tell(hearing: Hearing, told: Told) -> Answer:
    """Raises: StillMissing, and what ``announce`` raises."""
    understood = _understand(hearing, told, settle(told.reading, hearing.policy))
    if understood.settled.not_ours:
        return Answer(f"Not heard: {understood.settled.not_ours}.")
    if told.is_guess and (_has_no_place(understood.missing) or hearing.tx.post(told.channel, told.place)):
        return Answer("Not heard: it is in no format that I know, and asking about it once is enough.")
    if told.is_guess or understood.missing:
        return _ask(hearing, told, understood)
    was_asked = hearing.tx.question(told.channel, told.place) is not None
    answer = _announced(hearing, told, understood)
    if was_asked:
        _say_settled(hearing, told.channel, told.place, answer.sentence)
    return answer


def complete(hearing: Hearing, said: Completion) -> Answer:
    """A person adds what is missing, once it is known who they are.

    Raises: AlreadyComplete, StillMissing, NotYours, what is found against the person, and what ``announce`` raises."""
    question, speaker = hearing.tx.question(said.channel, said.message_ts), hearing.speaker
    if said.objection:
        raise Refusal(said.objection)
    if question is None or speaker is None:
        raise AlreadyComplete
    if hearing.heard.at - hearing.tx.asked_at(said.channel, said.message_ts) > LONGEST_QUESTION:
        raise TooLateToComplete
    told = question.told
    understood = None if said.is_no_deploy else _completed(hearing, told, said)
    if not said.is_proven:
        return have_proven(hearing, said)
    if understood is None:
        return _dismiss(hearing, told, speaker)
    if told.reading.status not in ASKING and understood.about:
        check_may_report(understood.about, speaker)
    answer = _announced(hearing, told, understood)
    if answer.change_id:
        hearing.tx.add_source(answer.change_id, told.source, told.reading.status, person=None, at=hearing.heard.at)
    _say_settled(hearing, told.channel, told.place, f"<@{speaker.slack_id}> completed it. {answer.sentence}")
    return answer


def _completed(hearing: Hearing, told: Told, said: Completion) -> Understood:
    """Raises: StillMissing."""
    settled = settle(_filled_in(told.reading, said), hearing.policy)
    settled = replace(settled, requested_by=settled.requested_by or said.requested_by)
    understood = _understand(hearing, told, settled)
    if understood.settled.not_ours or understood.missing:
        raise StillMissing(understood.settled.not_ours or listed(understood.missing))
    return understood


def _understand(hearing: Hearing, told: Told, settled: Settled) -> Understood:
    if settled.not_ours:
        return Understood(settled)
    tied = _tied(hearing, told, settled)
    if tied:
        service = settled.service or hearing.policy.service(tied.service)
        settled = replace(settled, service=service, environment=settled.environment or tied.environment)
    missing = settled.missing(told.reading.status)
    if _has_no_place(missing):
        return Understood(settled, missing=missing)
    about = tied or _about(hearing, told, settled)
    if about and about.outcome is None:
        return Understood(settled, about)  # who asked for what is known
    if not missing and about is None and _is_unnamed(settled) and len(_live(hearing, told, settled)) > 1:
        missing = (VERSION,)
    return Understood(settled, about, missing)


def _tied(hearing: Hearing, told: Told, settled: Settled) -> Change | None:
    """The change that the post it belongs to is about, unless it says itself that it is about another."""
    row = hearing.tx.post(told.channel, told.place)
    tied = hearing.tx.change(row.change_id) if row and row.change_id else None
    if tied is None:
        return None
    is_elsewhere = settled.service is not None and settled.service.service != tied.service
    is_elsewhere = is_elsewhere or settled.environment not in ("", tied.environment)
    is_elsewhere = is_elsewhere or _is_of_another(hearing, told, settled, tied)
    return None if is_elsewhere or tied.kind is not told.reading.kind or not is_about(tied, settled.sha) else tied


def _is_of_another(hearing: Hearing, told: Told, settled: Settled, tied: Change) -> bool:
    """It names the version of a change that is known, and not of this one."""
    service = hearing.policy.service(tied.service)
    meant = replace(settled, service=service, environment=settled.environment or tied.environment, run="")
    known = known_as(hearing, _announcement(told, meant), _place(meant))
    return known is not None and known.id != tied.id and known.number != (tied.alias_of or tied.number)


def _about(hearing: Hearing, told: Told, settled: Settled) -> Change | None:
    """The change it is about: by its names, or because there is only one in that place that it can be about."""
    if known := known_as(hearing, _announcement(told, settled), _place(settled)):
        return known
    if not _is_unnamed(settled):
        return None  # another one
    live = _live(hearing, told, settled)
    going = [change for change in live if change.state is State.IMPLEMENT]
    return next((found[0] for found in (going, live) if len(found) == 1), None)


def _is_unnamed(settled: Settled) -> bool:
    return not settled.version and not settled.sha


def _live(hearing: Hearing, told: Told, settled: Settled) -> tuple[Change, ...]:
    place = _place(settled)
    return hearing.tx.live(place.name, place.environment, told.reading.kind.value)


def _place(settled: Settled) -> Place:
    assert settled.service is not None, "what has no place is asked about first"
    return Place(settled.service, settled.environment)


def _has_no_place(missing: tuple[str, ...]) -> bool:
    return SERVICE in missing or ENVIRONMENT in missing


def _announced(hearing: Hearing, told: Told, understood: Understood) -> Answer:
    """Taken like any other announcement; the post is remembered for its edits and its thread."""
    answer = announce(hearing, _announcement(told, understood.settled), tied=understood.about)
    if told.channel:
        for ts in {told.place, told.message_ts}:
            hearing.tx.keep_post(told.channel, ts, change_id=answer.change_id)
    return answer


def _announcement(told: Told, settled: Settled) -> Announcement:
    reading = told.reading
    return Announcement(
        service=settled.service.service if settled.service else "",
        version=settled.version,
        environment=settled.environment,
        status=reading.status,
        kind=reading.kind,
        why=reading.word if reading.status in (Status.FAILED, Status.CANCELED) else "",
        sha=settled.sha,
        url=reading.url,
        requested_by=settled.requested_by,
        channel=told.channel,
        message_ts=told.message_ts,
        run=settled.run,
        may_open=True,
        waits_at_gate=told.waits_at_gate,
        source=told.source,
    )


def _ask(hearing: Hearing, told: Told, understood: Understood) -> Answer:
    """A person is asked, once: below the post; what was not posted, in the service's channel."""
    if not told.channel:
        told = _as_if_posted(told, understood)
    tx, about = hearing.tx, understood.about
    was_asked = tx.question(told.channel, told.place) is not None
    settled = understood.settled
    service = settled.service.service if settled.service else ""
    question = Question(told, understood.missing, service, settled.environment)
    tx.keep_post(told.channel, told.place, change_id=about.id if about else "", question=question)
    if not was_asked:
        hearing.queue.errand(tx.session, ASK, told.channel, told.place)
    return Answer(f"I ask below it {'whether it is a deploy' if told.is_guess else listed(understood.missing)}.")


def _as_if_posted(told: Told, understood: Understood) -> Told:
    """A webhook stands nowhere: one deploy of which it tells is one place, however often it tells of it.

    Raises: StillMissing when not even the service is known."""
    service, reading = understood.settled.service, told.reading
    if service is None:
        raise StillMissing(listed(understood.missing))
    deploy = [service.service, reading.environment, reading.kind, reading.version, reading.sha, told.source]
    return replace(told, channel=service.channel, message_ts=f"{UNPOSTED}{fingerprint(deploy)[:16]}")


def _dismiss(hearing: Hearing, told: Told, speaker: Person) -> Answer:
    hearing.tx.keep_post(told.channel, told.place, change_id="")
    hearing.tx.enter("no deploy", actor=speaker.id, sentence=f"{speaker.name or 'Somebody'} says it is no deploy")
    _say_settled(hearing, told.channel, told.place, f"<@{speaker.slack_id}> says that this is no deploy.")
    return Answer("Noted: it is no deploy.")


def _say_settled(hearing: Hearing, channel: str, ts: str, sentence: str) -> None:
    hearing.queue.errand(hearing.tx.session, SETTLED, channel, ts, sentence)


def _filled_in(reading: Reading, said: Completion) -> Reading:
    """What the tool itself said stays."""
    return replace(
        reading,
        service=reading.service or said.service,
        environment=reading.environment or said.environment,
        version=said.version or reading.version,
    )
