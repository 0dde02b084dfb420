"""Service and environment by the names they have elsewhere: a job's, a repository's, an app's, a host's."""

from dataclasses import replace

from bot.change.model import Kind
from bot.change.reading import Reading
from bot.reading.compiled import Reader
from bot.reading.naming import NameSays, read_app, read_by, read_job


def named_by(reader: Reader, reading: Reading, *, job: str = "") -> Reading:
    """What the team's own rules say of its names, and what any rule says where nothing was said.

    job: a name that may hold both: of a job, a pipeline, an application, a repository."""
    told = _of(job, reader) if job else NameSays()
    reading = replace(
        reading,
        service=reading.service or told.service,
        environment=reading.environment or told.environment,
        kind=Kind.ROLLBACK if Kind.ROLLBACK in (reading.kind, told.kind) else reading.kind,
    )
    return renamed(reader, reading, job)


def renamed(reader: Reader, reading: Reading, job: str = "") -> Reading:
    """A team's own rules win over what was posted: that is what they are for."""
    for name in (job, reading.environment, reading.service):
        if name and (says := read_by(name, reader.own)):
            return replace(
                reading,
                service=says.service or reading.service,
                environment=says.environment or reading.environment,
            )
    return reading


def _of(job: str, reader: Reader) -> NameSays:
    deploy = read_job(job, reader.jobs, reader.vocabulary.not_deploys)
    return deploy or read_app(job, reader.apps)
