"""The policy against reality: what it names has to be there, and somebody has to be left to decide."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.change.digest import last_told
from bot.change.model import Recorded
from bot.change.policy import ApprovalPolicy, Digest, Policy
from bot.doctor.questions import GOOD, WARNING, WRONG, Question
from bot.ports import Check, User
from bot.story.digest import JOB
from bot.story.people import the_one_user
from bot.story.tools import Tools

APP = re.compile(r"[AB][A-Z0-9]{2,}")
# docs.slack.dev: ids of apps begin with A; B is a bot's, which is all that an old integration has; U is a person's
# or a bot user's, W an enterprise user's.
OTHER_IDS = {"U": "a user's", "W": "a user's", "C": "a channel's", "T": "a workspace's"}


def questions_of_policy(tools: Tools, policy: Policy, now: datetime) -> Iterator[Question]:
    yield Question("policy: approvals", lambda: _approvals(tools, policy), "correct `approval` in the policy")
    yield Question("policy: announcers", lambda: _announcers(policy), "correct `announcers` in the policy")
    yield Question("policy: Jira projects", lambda: _projects(tools, policy), "let our Jira account browse projects")
    for group in sorted({group for s in policy.services for group in (s.assignment_group, s.owner) if group}):
        yield _of_group(tools, policy, group)
    for item in sorted({service.configuration_item for service in policy.services}):
        yield _of_item(tools, item)
    for digest in policy.digests:
        yield _of_digest(tools, digest, now)


# ----------------------------------------------------------------------------------------------------------- approvals


def _approvals(tools: Tools, policy: Policy) -> Iterator[Check]:
    """How decisions get into ServiceNow, and whether anybody answers for that."""
    yield _recording(tools, "policy: approval", policy.approval)
    for service in policy.services:
        if service.approval:
            yield _recording(tools, f"policy: approval of {service.service}", service.approval)


def _recording(tools: Tools, about: str, approval: ApprovalPolicy) -> Check:
    if approval.record is Recorded.DEEP_LINK:
        return Check(about, GOOD, "decisions are taken in ServiceNow's own screen")
    if approval.record not in (Recorded.ON_BEHALF, Recorded.SELF):
        found = f"“{approval.record}” is no way in which Cabbie records"
        fix = "set `approval.record` to “self-authenticated”, “recorded on behalf” or “deep link”"
        return Check(about, WRONG, found, fix)
    if approval.record is Recorded.SELF and tools.own is None:
        fix = (
            "set SERVICENOW_USER_CLIENT_ID, SERVICENOW_USER_CLIENT_SECRET, CABBIE_PUBLIC_URL and CABBIE_TOKEN_KEYS, "
            "or `record: deep link`"
        )
        return Check(about, WRONG, "people decide as themselves, and cannot link their own accounts here", fix)
    if not approval.may_record_on_behalf:
        found = f"people decide as themselves; who has not linked their account: {approval.without_link}"
        return Check(about, GOOD, found)
    if not approval.on_behalf_accepted_by:
        fix = "write who accepts that risk into `approval.on_behalf_accepted_by`, or set `record: deep link`"
        return Check(about, WRONG, "verdicts are recorded on behalf, and nobody has accepted the risk", fix)
    if tools.approvals is None:
        fix = "set SERVICENOW_APPROVAL_CLIENT_ID and SERVICENOW_APPROVAL_CLIENT_SECRET, or `record: deep link`"
        return Check(about, WRONG, "verdicts are recorded on behalf, and there is no account to do it with", fix)
    return Check(about, GOOD, f"recorded on behalf; {approval.on_behalf_accepted_by} accepts that risk")


# -------------------------------------------------------------------------------------------------------------- people


def _of_group(tools: Tools, policy: Policy, group: str) -> Question:
    fix = f"correct the group's name in the policy, or ask a ServiceNow admin to add the group “{group}”"
    return Question(f"group {group}", lambda: _group(tools, policy, group), fix)


def _group(tools: Tools, policy: Policy, group: str) -> Iterator[Check]:
    about = f"group {group}"
    members = tools.records.group_members(group)
    if not members:
        found = "it has no active members: nobody there can decide or do anything"
        yield Check(about, WRONG, found, f"add members to {group} in ServiceNow")
        return
    yield Check(about, GOOD, "1 active member" if len(members) == 1 else f"{len(members)} active members")
    services = [service for service in policy.services if service.assignment_group == group]
    if services:
        is_pressed = any(policy.approval_of(service).record is not Recorded.DEEP_LINK for service in services)
        yield _approvers(tools, policy, group, members, is_pressed=is_pressed)


def _approvers(tools: Tools, policy: Policy, group: str, members: Iterable[User], *, is_pressed: bool) -> Check:
    """Whom Slack knows among those who may decide; one alone cannot be a second pair of eyes for themselves."""
    about = f"approvers of {group}"
    known = [member.name for member in members if _is_known(tools, policy, member)]
    if not known:
        fix = "give them the same e-mail in Slack and in ServiceNow, each its own, and full membership in Slack"
        found = "none of its members is certainly somebody in Slack: nobody is asked by name"
        return Check(about, WRONG if is_pressed else WARNING, found, fix)
    if len(known) == 1:
        found = f"only {known[0]} can decide: on what they asked for or wrote, nobody can"
        return Check(about, WARNING, found, f"add another member to {group} who is in Slack too")
    return Check(about, GOOD, f"{len(known)} of them are known in Slack")


def _is_known(tools: Tools, policy: Policy, user: User) -> bool:
    if not user.email or not user.active or user.locked_out or the_one_user(tools, user.email) is None:
        return False
    member = tools.room.member_by_email(user.email)
    return member is not None and not member.objection and member.team == policy.team


# -------------------------------------------------------------------------------------------------------------- things


def _of_item(tools: Tools, name: str) -> Question:
    fix = f"correct the name in the policy; “{name}” has to be there once and be operational"
    return Question(f"configuration item {name}", lambda: [_item(tools, name)], fix)


def _item(tools: Tools, name: str) -> Check:
    about = f"configuration item {name}"
    tools.records.configuration_item(name)
    return Check(about, GOOD, "it is there, once")


def _projects(tools: Tools, policy: Policy) -> Iterator[Check]:
    visible = tools.tracker.projects()
    for service in policy.services:
        about = f"Jira projects of {service.service}"
        missing = [project for project in service.projects if project not in visible]
        if not missing:
            yield Check(about, GOOD, f"{', '.join(service.projects) or 'any'}")
            continue
        fix = f"let our Jira account browse {', '.join(missing)}, or take them out of the policy"
        if len(missing) == len(service.projects):
            yield Check(about, WRONG, f"none of {', '.join(missing)} can be seen: it would have no stories", fix)
        else:
            found = f"{', '.join(missing)} cannot be seen: those stories will read as missing"
            yield Check(about, WARNING, found, fix)


def _announcers(policy: Policy) -> Iterator[Check]:
    about = "policy: announcers"
    if not policy.announcers:
        yield Check(about, GOOD, "no app's messages announce deploys; people and the API do")
    for app in (one if isinstance(one, str) else one.app for one in policy.announcers):
        if APP.fullmatch(app):
            yield Check(about, GOOD, f"messages of {app} announce deploys")
            continue
        kind = OTHER_IDS.get(app[:1])
        found = f"“{app}” is no app's id" + (f" but {kind}" if kind else "")
        fix = "write the app's own id, which begins with A (an old integration's, with B): see its page in Slack"
        yield Check(about, WRONG, found, fix)


def _of_digest(tools: Tools, digest: Digest, now: datetime) -> Question:
    fix = "correct `time_zone` and `working_days` of the digest in the policy"
    return Question(f"digest for {digest.channel}", lambda: [_digest(tools, digest, now)], fix)


def _digest(tools: Tools, digest: Digest, now: datetime) -> Check:
    about = f"digest for {digest.channel}"
    with tools.ledger.reading() as tx:
        sent = tx.last_sent(JOB, digest.channel)
    due = last_told(digest, now)
    plan = f"{digest.at:%H:%M} {digest.time_zone} on {', '.join(digest.working_days)}"
    if sent and sent < due:
        found = f"the last one was sent {sent:%Y-%m-%d %H:%M} UTC; the one of {due:%Y-%m-%d %H:%M} UTC was not"
        return Check(about, WARNING, found, "see the log for digest; a process with the role clock has to run")
    return Check(about, GOOD, f"{plan}; {f'last sent {sent:%Y-%m-%d %H:%M} UTC' if sent else 'none was sent yet'}")
