"""Announcements: a deploy is asked for, or a run is heard of that we know, or that nobody asked for."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.change.announcement import COMPLETED, Announcement, Answer, ReportWord, names_of, word_of
from bot.change.errors import EmergencyNotYet
from bot.change.lifecycle import DEPLOYED, is_cleared, where_it_stands
from bot.change.model import Change, Outcome, Person, Progress, Status, Want, title_of
from bot.change.policy import Service, environment_of
from bot.desk.hearing import LONGEST_WHY, Hearing
from bot.desk.reporting import Word, take_word
from bot.story.retry import take_up

LONGEST_VERSION = 200
SLACK_ID = re.compile(r"[UW][A-Z0-9]+")
ECHOES = {
    Status.SUCCEEDED: (Outcome.SUCCEEDED,),
    Status.FAILED: (Outcome.FAILED, Outcome.ROLLED_BACK),
    Status.CANCELED: (Outcome.CANCELED, Outcome.REJECTED, Outcome.EXPIRED),
}
"""Which outcomes a pipeline's word says again."""
WORDS = {
    Status.STARTED: ReportWord.START,
    Status.SUCCEEDED: ReportWord.DONE,
    Status.FAILED: ReportWord.FAILED,
    Status.CANCELED: ReportWord.CANCEL,
}


@dataclass(frozen=True)
class Place:
    """What is deployed, and where."""

    service: Service
    environment: str

    @property
    def name(self) -> str:
        return self.service.service


def announce(hearing: Hearing, said: Announcement, *, tied: Change | None = None) -> Answer:
    """tied: the change that it is said about, where its place tells (a thread, an edited post).

    Raises: EmergencyNotYet, UnknownService, UnknownEnvironment, CannotReport, CannotCancel."""
    if said.is_emergency:
        raise EmergencyNotYet
    service = hearing.policy.service(said.service)
    place = Place(service, environment_of(service, said.environment))
    known = tied or known_as(hearing, said, place)
    answer = _take(hearing, said, place, known)
    if answer.change_id and said.message_ts:
        hearing.tx.keep_post(said.channel, said.message_ts, change_id=answer.change_id)
    if answer.change_id:
        is_its_first = known is None or known.id != answer.change_id
        is_asked = said.status is Status.REQUESTED or (said.status is Status.STARTED and not _may_go(known))
        _note_source(hearing, said, answer.change_id, is_its_first=is_its_first, is_asked=is_asked)
    return answer


def _take(hearing: Hearing, said: Announcement, place: Place, known: Change | None) -> Answer:
    if said.status is not Status.REQUESTED:
        return _hear_of_run(hearing, said, place, known)
    if known and known.outcome is None and known.progress in (Progress.STOPPED, Progress.STUCK):
        take_up(hearing.tx, hearing.queue, known, actor=hearing.speaker.id if hearing.speaker else "")
        return Answer(f"{known.number or known.title} was stopped; I take it up again.", known.id, known.number)
    if known and known.outcome is None and known.progress is not Progress.DONE:
        stands = f"{known.number or 'its change'} is {where_it_stands(known)}"
        return Answer(f"{known.title} is already under way: {stands}.", known.id, known.number)
    if known and said.may_open and known.finished_at and hearing.heard.at < known.finished_at:
        return Answer(f"{known.number or known.title} is already {known.outcome}.", known.id, known.number)
    return _request(hearing, said, place)


def _request(hearing: Hearing, said: Announcement, place: Place) -> Answer:
    """A new change, with nothing but its own id so far."""
    heard, tx = hearing.heard, hearing.tx
    requester, source = _asker(hearing, said)
    version = said.version[:LONGEST_VERSION] or said.sha[:12]
    title = title_of(said.kind, place.name, version, place.environment)  # loading the change takes longer than all else
    change_id = tx.add_change(
        requester,
        service=place.name,
        environment=place.environment,
        kind=said.kind,
        version=version,
        requested_at=heard.at,
        why=said.why[:LONGEST_WHY],
        source=source,
        channel=place.service.channel,
        announced_sha=said.sha,
        announced_commits=said.commits,
        url=said.url,
        want=Want.DEPLOY,
        progress=Progress.LISTENING,
    )
    for alias in names_of(said.version, said.sha, said.run):
        tx.name(change_id, service=place.name, environment=place.environment, kind=said.kind, alias=alias)
    tx.enter(
        "requested",
        change_id=change_id,
        actor=requester.id,
        by=heard.by.transport.value,
        source=source,
        service=place.name,
        environment=place.environment,
        version=version,
        sentence=f"{requester.name or source} asked to {title[0].lower()}{title[1:]}",
    )
    hearing.have_looked_at(change_id)
    where = f"the card will appear in <#{place.service.channel}>"
    return Answer(f"{title}: heard. I'm opening the change; {where}.", change_id)


def _hear_of_run(hearing: Hearing, said: Announcement, place: Place, known: Change | None) -> Answer:
    """Started, succeeded, failed or canceled: of a change we know, or of none."""
    at = hearing.heard.at
    if known is not None and _is_echo(known, said, at):
        return Answer(f"{known.number} is already {known.outcome}.", known.id, known.number)
    if said.status is Status.STARTED and said.may_open and _is_another_run(hearing, said, known):
        return _open_at_its_start(hearing, said, place)
    if known is None or known.outcome is not None:
        return _find_unasked(hearing, said, place, known)
    if said.status is Status.STARTED and said.waits_at_gate and not is_cleared(known):
        stands = f"{known.number or 'its change'} is {where_it_stands(known)}"
        return Answer(f"{known.title}: its pipeline waits at the gate; {stands}.", known.id, known.number)
    by = hearing.speaker or _itself(hearing)  # whom it names as the asker has told us nothing
    source = said.source or f"pipeline {hearing.heard.by.app_id}".strip()
    return take_word(hearing, known, Word(WORDS[said.status], by, source, said.why, at, is_pipeline=True))


def _is_another_run(hearing: Hearing, said: Announcement, known: Change | None) -> bool:
    """Of what nobody asked for, or of what is over. What was refused is asked for again by a pipeline that waits at
    the gate: by a post of its own, not by an edit of the one that asked before."""
    if known is None or known.outcome in DEPLOYED:
        return True
    post = hearing.tx.post(said.channel, said.message_ts)
    return known.outcome is not None and said.waits_at_gate and (post is None or post.change_id != known.id)


def _open_at_its_start(hearing: Hearing, said: Announcement, place: Place) -> Answer:
    """A tool's own post is the first we hear of it. Unless its pipeline waits at the gate it runs already: the change
    is opened all the same, for it has to be on record, and the managers are told."""
    answer = _request(hearing, said, place)
    if said.waits_at_gate:
        return answer
    change = hearing.tx.change(answer.change_id)
    hearing.tx.find_out(
        "deployed without a change",
        f"{change.title} started before anybody asked for it ({change.source}); its change is opened now.",
        once=f"unasked:{change.id}",
        change_id=change.id,
        service=place.name,
    )
    return answer


def _find_unasked(hearing: Hearing, said: Announcement, place: Place, known: Change | None) -> Answer:
    """A run that no change covers, or not any more. What was canceled never ran."""
    what = f"{place.name} {said.version or said.sha[:12]} {said.status} in {place.environment}"
    sentence = f"{what} without a change" + (f": {known.number} is {known.outcome}." if known else ".")
    if said.status is not Status.CANCELED:
        run = f"{place.name}:{place.environment}:{said.kind}:{said.version}:{said.sha}:{said.status}"
        hearing.tx.find_out(
            "deployed without a change",
            sentence,
            once=f"unknown:{run}:{known.id if known else ''}:{hearing.heard.at:%Y-%m-%d}",
            change_id=known.id if known else "",
            service=place.name,
        )
    return Answer(sentence, number=known.number if known else "")


def _asker(hearing: Hearing, said: Announcement) -> tuple[Person, str]:
    """Who asks for it, and by whose word: "slack" when that is the very person who speaks."""
    speaker, by = hearing.speaker, hearing.heard.by
    if speaker and speaker.slack_id and said.requested_by in ("", speaker.slack_id):
        return speaker, "slack"
    return _claimed(hearing, said), said.source or f"pipeline {by.app_id}".strip()


def _may_go(known: Change | None) -> bool:
    """Asked for and approved: whoever starts it now, or tells how it went, has not asked for it by that."""
    return known is not None and (is_cleared(known) or known.outcome is not None)


def _note_source(hearing: Hearing, said: Announcement, change_id: str, *, is_its_first: bool, is_asked: bool) -> None:
    """Each source is in the change's history, and whomever it names as asking may not approve it."""
    tx, heard = hearing.tx, hearing.heard
    person, source = _asker(hearing, said)
    named = person if is_asked and (said.requested_by or source == "slack") else None
    is_new = tx.add_source(change_id, source, said.status, person=named, at=heard.at)
    if is_asked and hearing.speaker and hearing.speaker.id != person.id:  # who completed what a tool left out
        tx.add_source(change_id, f"{COMPLETED}{hearing.speaker.id}", said.status, person=hearing.speaker, at=heard.at)
    if is_new and named:
        hearing.have_looked_at(change_id)  # what they approved before counts no more
    if is_new and not is_its_first:
        sentence = word_of(source, said.kind, said.status, named)
        tx.enter("heard", change_id=change_id, actor=person.id, source=source, sentence=sentence)


def _claimed(hearing: Hearing, said: Announcement) -> Person:
    """Whom a pipeline names: a claim, which excludes that person from approving and proves nothing."""
    named = said.requested_by.strip().lstrip("<@").rstrip(">").partition("|")[0]
    if SLACK_ID.fullmatch(named):
        return hearing.tx.person(slack_team=hearing.policy.team, slack_id=named)
    if named:  # an e-mail, or nobody's: never an address in Slack, where a channel's name would do for one
        return hearing.tx.person(email=named)
    return _itself(hearing)


def _itself(hearing: Hearing) -> Person:
    """The pipeline, as whoever did what no person is known to have done."""
    return hearing.tx.person(name=hearing.heard.by.name or hearing.heard.by.app_id)


def known_as(hearing: Hearing, said: Announcement, place: Place) -> Change | None:
    for alias in names_of(said.version, said.sha, said.run):
        change = hearing.tx.named(service=place.name, environment=place.environment, kind=said.kind, alias=alias)
        if change and not (change.progress is Progress.DONE and not change.number) and is_about(change, said.sha):
            return change
    return None


def is_about(change: Change, sha: str) -> bool:
    """The same version at another sha is another deploy: a tag may have moved."""
    known = change.release.sha if change.release else change.announced_sha
    return not sha or not known or known.startswith(sha) or sha.startswith(known)


def _is_echo(change: Change, said: Announcement, at: datetime) -> bool:
    """Said before, or heard late: it adds nothing to how it ended."""
    if said.status is Status.STARTED:
        is_of_it = change.outcome in DEPLOYED or (said.waits_at_gate and change.outcome is not None)
        return is_of_it and change.finished_at is not None and at <= change.finished_at
    return change.outcome in ECHOES.get(said.status, ())
