"""The team's policy from reviewed YAML: validated with the wrong field named by path."""

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from bot.change.model import Recorded
from bot.change.policy import Announcer, ApprovalPolicy, Digest, Policy, Service, WindowPolicy
from config.announcements import shipped_announcements, teams_own
from config.plain_yaml import NotPlain, read_plain
from config.wrong_field import wrong_field

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class BadPolicy(Exception):
    """The policy is not valid; one line per wrong field, with its path."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__("\n".join(wrong))
        self.wrong = wrong


for _part in (Announcer, ApprovalPolicy, WindowPolicy, Service, Digest, Policy):
    with_config(ConfigDict(extra="forbid"))(_part)  # a misspelt field must not be silently ignored
POLICY = TypeAdapter(Policy)


def wants_own_accounts(policy: Policy) -> tuple[str, ...]:
    """The paths at which the policy has people decide with their own ServiceNow accounts."""
    parts = [("approval", policy.approval)]
    parts += [(f"services.{n}.approval", s.approval) for n, s in enumerate(policy.services) if s.approval]
    return tuple(f"{path}.record" for path, approval in parts if approval.record is Recorded.SELF)


def check_own_accounts(policy: Policy, missing: Sequence[str]) -> None:
    """Raises: BadPolicy when the policy wants them and what they need is not set."""
    if missing and (paths := wants_own_accounts(policy)):
        fix = f"set {', '.join(missing)} (“Deciding as oneself” in the README), or choose another way"
        raise BadPolicy([f"{path}: “self-authenticated” cannot work here: {fix}" for path in paths])


def read_policy(path: Path) -> Policy:
    """Raises: BadPolicy."""
    try:
        text = path.read_bytes()
    except OSError:
        raise BadPolicy([f"{path}: cannot be read"]) from None
    policy = parse_policy(text.decode(errors="replace"))
    return replace(policy, fingerprint=hashlib.sha256(text).hexdigest())


def parse_policy(text: str) -> Policy:
    """Raises: BadPolicy."""
    try:
        raw = read_plain(text)
    except NotPlain as why:
        raise BadPolicy([f"not valid YAML: {why}"]) from None
    try:
        policy = POLICY.validate_python(raw)
    except ValidationError as error:
        raise BadPolicy([wrong_field(problem) for problem in error.errors()]) from None
    if wrong := list(_beyond_types(policy)):
        raise BadPolicy(wrong)
    return policy


def json_schema() -> dict[str, Any]:
    """For editors: ``# yaml-language-server: $schema=…``."""
    return POLICY.json_schema()


def _beyond_types(policy: Policy) -> list[str]:
    """What types cannot say."""
    wrong: list[str] = []
    names = [service.service for service in policy.services]
    wrong += [f"services: {name} is there more than once" for name in sorted({n for n in names if names.count(n) > 1})]
    if not policy.services:
        wrong.append("services: there has to be at least one")
    for place, service in enumerate(policy.services):
        at = f"services.{place}"
        if service.service != service.service.lower() or " " in service.service:
            wrong.append(f"{at}.service: “{service.service}” must be lower case without spaces")
        if not service.environments:
            wrong.append(f"{at}.environments: there has to be at least one")
        if service.impact not in (1, 2, 3):
            wrong.append(f"{at}.impact: 1 (high), 2 (medium) or 3 (low)")
        wrong += _wrong_approval(f"{at}.approval", service.approval) if service.approval else []
        wrong += _wrong_window(f"{at}.window", service.window) if service.window else []
        wrong += _wrong_plans(at, service)
    channels = [digest.channel for digest in policy.digests]
    wrong += [f"digests: {c} has more than one" for c in sorted({c for c in channels if channels.count(c) > 1})]
    for place, digest in enumerate(policy.digests):
        wrong += _wrong_digest(f"digests.{place}", digest, names)
    wrong += teams_own(policy.formats, policy.names).wrong
    wrong += _wrong_announcers(policy)
    return wrong + _wrong_approval("approval", policy.approval) + _wrong_window("window", policy.window)


def _wrong_announcers(policy: Policy) -> list[str]:
    known = {
        *(format.format for format in shipped_announcements().formats),
        *(str(f.get("format")) for f in policy.formats),
    }
    wrong = []
    for place, announcer in enumerate(policy.announcers):
        for name in announcer.formats if isinstance(announcer, Announcer) else ():
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"; did you mean “{near[0]}”?" if near else ""
                wrong.append(f"announcers.{place}.formats: there is no format “{name}”{hint}")
    return wrong


def _wrong_approval(at: str, approval: ApprovalPolicy) -> list[str]:
    wrong = []
    if approval.may_record_on_behalf and not approval.on_behalf_accepted_by:
        wrong.append(f"{at}.on_behalf_accepted_by: “recorded on behalf” needs the name of who accepts that risk")
    if approval.record not in (Recorded.ON_BEHALF, Recorded.DEEP_LINK, Recorded.SELF):
        wrong.append(f"{at}.record: “self-authenticated”, “recorded on behalf” or “deep link”")
    if approval.expires_after <= timedelta(0):
        wrong.append(f"{at}.expires_after: must be longer than nothing")
    if approval.unresolved_author not in ("stop", "show"):
        wrong.append(f"{at}.unresolved_author: stop or show")
    if approval.not_asked not in ("shut", "open"):
        wrong.append(f"{at}.not_asked: shut or open")
    return wrong


def _wrong_window(at: str, window: WindowPolicy) -> list[str]:
    return [f"{at}.lasts: must be longer than nothing"] if window.lasts <= timedelta(0) else []


def _wrong_plans(at: str, service: Service) -> list[str]:
    words = ("service", "version", "environment", "last_good", "sha")
    wrong = []
    for name in ("implementation_plan", "test_plan", "backout_plan"):
        if odd := _beyond_words(getattr(service, name), words):
            wrong.append(f"{at}.{name}: only {{{'}, {'.join(words)}}} may stand in braces ({odd})")
    return wrong


def _beyond_words(plan: str, words: Sequence[str]) -> str:
    """What stands in braces and is no plain word: ``{version.__class__}`` and ``{sha:>9999999}`` are formats too."""
    try:
        for _, name, shape, conversion in Formatter().parse(plan):
            if name is not None and (name not in words or shape or conversion):
                return f"not {name or 'nothing'}{f'!{conversion}' if conversion else ''}{f':{shape}' if shape else ''}"
    except ValueError as error:
        return str(error)
    return ""


def _wrong_digest(at: str, digest: Digest, names: list[str]) -> list[str]:
    wrong = [f"{at}.services: there is no service {name}" for name in digest.services if name not in names]
    wrong += [
        f"{at}.working_days: {day} is none of {', '.join(DAYS)}" for day in digest.working_days if day not in DAYS
    ]
    try:
        ZoneInfo(digest.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        wrong.append(f"{at}.time_zone: there is no zone {digest.time_zone}")
    return wrong
