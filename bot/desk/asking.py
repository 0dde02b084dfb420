"""Announcements: a deploy is asked for, or a run is heard of that we know, or that nobody asked for."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.change.announcement import Announcement, Answer, ReportWord, names_of
from bot.change.errors import EmergencyNotYet
from bot.change.lifecycle import DEPLOYED, where_it_stands
from bot.change.model import Change, Outcome, Person, Progress, Status, Want
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


def announce(hearing: Hearing, said: Announcement) -> Answer:
    """Raises: EmergencyNotYet, UnknownService, UnknownEnvironment, CannotReport, CannotCancel."""
    if said.is_emergency:
        raise EmergencyNotYet
    service = hearing.policy.service(said.service)
    place = Place(service, environment_of(service, said.environment))
    known = _known(hearing, said, place)
    if said.status is not Status.REQUESTED:
        return _hear_of_run(hearing, said, place, known)
    if known and known.outcome is None and known.progress in (Progress.STOPPED, Progress.STUCK):
        take_up(hearing.tx, hearing.queue, known, actor=hearing.speaker.id if hearing.speaker else "")
        return Answer(f"{known.number or known.title} was stopped; I take it up again.", known.id, known.number)
    if known and known.outcome is None and known.progress is not Progress.DONE:
        stands = f"{known.number or 'its change'} is {where_it_stands(known)}"
        return Answer(f"{known.title} is already under way: {stands}.", known.id, known.number)
    return _request(hearing, said, place)


def _request(hearing: Hearing, said: Announcement, place: Place) -> Answer:
    """A new change, with nothing but its own id so far."""
    heard, tx, speaker = hearing.heard, hearing.tx, hearing.speaker
    requester = speaker if speaker and speaker.slack_id else _claimed(hearing, said)
    change_id = tx.add_change(
        requester,
        service=place.name,
        environment=place.environment,
        kind=said.kind,
        version=said.version[:LONGEST_VERSION] or said.sha[:12],
        requested_at=heard.at,
        why=said.why[:LONGEST_WHY],
        source="slack" if speaker and speaker.slack_id else f"pipeline {heard.by.app_id}",
        channel=place.service.channel,
        announced_sha=said.sha,
        announced_commits=said.commits,
        url=said.url,
        want=Want.DEPLOY,
        progress=Progress.LISTENING,
    )
    for alias in names_of(said.version, said.sha):
        tx.name(change_id, service=place.name, environment=place.environment, kind=said.kind, alias=alias)
    change = tx.change(change_id)
    tx.enter(
        "requested",
        change_id=change_id,
        actor=requester.id,
        by=heard.by.transport.value,
        source=change.source,
        service=place.name,
        environment=place.environment,
        version=change.version,
        sentence=f"{requester.name or change.source} asked to {change.title[0].lower()}{change.title[1:]}",
    )
    hearing.have_looked_at(change_id)
    where = f"the card will appear in <#{place.service.channel}>"
    return Answer(f"{change.title}: heard. I'm opening the change; {where}.", change_id)


def _hear_of_run(hearing: Hearing, said: Announcement, place: Place, known: Change | None) -> Answer:
    """Started, succeeded, failed or canceled: of a change we know, or of none."""
    at = hearing.heard.at
    if known is not None and _is_echo(known, said.status, at):
        return Answer(f"{known.number} is already {known.outcome}.", known.id, known.number)
    if known is None or known.outcome is not None:
        return _find_unasked(hearing, said, place, known)
    by = hearing.speaker or _claimed(hearing, said)
    source = f"pipeline {hearing.heard.by.app_id}".strip()
    return take_word(hearing, known, Word(WORDS[said.status], by, source, said.why, at, is_pipeline=True))


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


def _claimed(hearing: Hearing, said: Announcement) -> Person:
    """Whom a pipeline names: a claim, which excludes that person from approving and proves nothing."""
    named = said.requested_by.strip().lstrip("<@").rstrip(">").partition("|")[0]
    if SLACK_ID.fullmatch(named):
        return hearing.tx.person(slack_team=hearing.policy.team, slack_id=named)
    if named:  # an e-mail, or nobody's: never an address in Slack, where a channel's name would do for one
        return hearing.tx.person(email=named)
    return hearing.tx.person(name=hearing.heard.by.name or hearing.heard.by.app_id)


def _known(hearing: Hearing, said: Announcement, place: Place) -> Change | None:
    for alias in names_of(said.version, said.sha):
        change = hearing.tx.named(service=place.name, environment=place.environment, kind=said.kind, alias=alias)
        if change and not (change.progress is Progress.DONE and not change.number) and _is_about(change, said.sha):
            return change
    return None


def _is_about(change: Change, sha: str) -> bool:
    """The same version at another sha is another deploy: a tag may have moved."""
    known = change.release.sha if change.release else change.announced_sha
    return not sha or not known or known.startswith(sha) or sha.startswith(known)


def _is_echo(change: Change, status: Status, at: datetime) -> bool:
    """Said before, or heard late: it adds nothing to how it ended."""
    if status is Status.STARTED:
        return change.outcome in DEPLOYED and change.finished_at is not None and at <= change.finished_at
    return change.outcome in ECHOES.get(status, ())
