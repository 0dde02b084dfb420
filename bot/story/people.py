"""Who is who: a Slack person and the one ServiceNow user they are, bound once."""

from bot.change.errors import BindingChanged, NoServiceNowUser, NotAPerson, NotLinked, UnknownRequester
from bot.change.linking import OWN_SIGN_IN, AccountTaken
from bot.change.model import Change, Hands, Person
from bot.ports import Member, NotThere, User
from bot.story.tools import Tools


def prove(tools: Tools, person: Person, *, by_email: bool = True) -> tuple[Person, Member]:
    """The person behind a Slack id, with their ServiceNow user. by_email: an e-mail may tell which one that is.

    Raises: NotAPerson, NoServiceNowUser, NotLinked, AccountTaken, BindingChanged."""
    try:
        member = tools.room.member(person.slack_id)
    except NotThere:
        raise NotAPerson("unknown to Slack") from None
    # Slack tells a presser's workspace with each click, and a member's when asked: neither alone proves who pressed.
    if not person.slack_team == member.team == tools.policy().team:
        raise NotAPerson("of another workspace")
    if member.objection:
        raise NotAPerson(member.objection)
    if not by_email and person.bound_by != OWN_SIGN_IN:
        raise NotLinked
    if person.sys_user:
        _check_binding(tools, person, member)
        return person, member
    return _bind(tools, person, member), member


def _bind(tools: Tools, person: Person, member: Member) -> Person:
    if not member.email:
        raise NoServiceNowUser("Slack does not tell me your e-mail")
    user = the_one_user(tools, member.email)
    if user is None:
        raise NoServiceNowUser(f"not exactly one active user has the e-mail {member.email}")
    with tools.ledger.begin() as tx:
        holder = tx.bound_to(user.sys_id, but=person)
        if holder is None:
            bound = tx.bind(person, sys_user=user.sys_id, email=member.email, name=member.name)
            tx.enter("bound", actor=person.id, by="unique e-mail", sys_user=user.sys_id, slack_id=member.slack_id)
            return bound
        # Somebody proved to be that user by signing in there: no e-mail makes a second one of them.
        sentence = f"{member.name} has the e-mail of the ServiceNow user {user.name}, who is {holder.name} in Slack."
        tx.find_out("binding changed", sentence, once=f"taken:{person.id}:{user.sys_id}:{tools.now().date()}")
    raise AccountTaken(user.name)


def _check_binding(tools: Tools, person: Person, member: Member) -> None:
    """A later change of either account is nobody's proof any more."""
    try:
        user = tools.records.user(person.sys_user)
    except NotThere:
        raise _changed(tools, person, "the ServiceNow user is gone") from None
    if not user.active or user.locked_out:
        raise _changed(tools, person, "the ServiceNow user is not active")
    # Whoever proved it by signing in may have another e-mail in ServiceNow; the one in Slack has to stay.
    is_other_there = person.bound_by != OWN_SIGN_IN and user.email.lower() != person.email
    if member.email.lower() != person.email or is_other_there:
        raise _changed(tools, person, "the e-mail is another one")


def _changed(tools: Tools, person: Person, what: str) -> BindingChanged:
    with tools.ledger.begin() as tx:
        once = f"binding:{person.id}:{what}:{tools.now().date()}"
        tx.find_out(
            "binding changed", f"The accounts of {person.name or person.id} do not match any more: {what}.", once=once
        )
    return BindingChanged(what)


def the_one_user(tools: Tools, email: str) -> User | None:
    """The one active, unlocked ServiceNow user with this e-mail; None when there is none, or more than one."""
    if "@" not in email:
        return None
    users = tools.records.users_by_email(email)
    if len(users) != 1 or not users[0].active or users[0].locked_out:
        return None
    return users[0]


def meet(tools: Tools, sys_user: str, name: str, email: str) -> Person | None:
    """The Slack person that a ServiceNow user is, where that is certain; proves nothing to a click."""
    member = tools.room.member_by_email(email) if email else None
    if member is None or member.objection or member.team != tools.policy().team:
        return None
    user = the_one_user(tools, email)
    if user is None or user.sys_id != sys_user:
        return None
    with tools.ledger.begin() as tx:
        person = tx.person(slack_team=member.team, slack_id=member.slack_id, email=email, name=member.name or name)
        if not person.sys_user and tx.bound_to(sys_user, but=person) is None:
            person = tx.bind(person, sys_user=sys_user, email=email, name=member.name or name)
            tx.enter("bound", actor=person.id, by="unique e-mail", sys_user=sys_user, slack_id=member.slack_id)
    return person


def hands_of(tools: Tools, change: Change, authors: tuple[str, ...]) -> Hands:
    """Whose hands were on it: the requester's and the authors', as ServiceNow users.

    Raises: what ``_requester`` raises."""
    found = dict(zip(authors, tools.side_by_side(lambda email: the_one_user(tools, email), authors), strict=True))
    resolved = {user.sys_id for user in found.values() if user}
    return Hands(
        requester=_requester(tools, change, found),
        authors=tuple(sorted(resolved)),
        unresolved=tuple(email for email, user in found.items() if user is None),
    )


def _requester(tools: Tools, change: Change, authors: dict[str, User | None]) -> str:
    """Who asked, as a ServiceNow user.

    Raises: NotAPerson, NoServiceNowUser, BindingChanged, UnknownRequester."""
    asked_by = change.requested_by
    if change.source == "slack":
        return prove(tools, asked_by)[0].sys_user
    if asked_by.slack_id or asked_by.email:
        return _claimed(tools, change, asked_by)
    # A pipeline that names nobody: whoever wrote it last answers for it, and may not approve it anyway.
    if user := next((user for user in authors.values() if user), None):
        return user.sys_id
    raise UnknownRequester(_lower(change.title), "nobody")


def _claimed(tools: Tools, change: Change, asked_by: Person) -> str:
    """Whom a pipeline names has to be somebody: else nobody could be kept from approving their own request."""
    if asked_by.slack_id:
        try:
            return prove(tools, asked_by)[0].sys_user
        except (NotAPerson, NoServiceNowUser):
            raise UnknownRequester(_lower(change.title), asked_by.slack_id) from None
    user = the_one_user(tools, asked_by.email)
    if user is None:
        raise UnknownRequester(_lower(change.title), asked_by.email)
    if asked_by.sys_user and asked_by.sys_user != user.sys_id:
        raise _changed(tools, asked_by, "the e-mail is another one's")
    with tools.ledger.begin() as tx:
        tx.bind(asked_by, sys_user=user.sys_id, email=user.email, name=user.name)
    meet(tools, user.sys_id, user.name, user.email)  # so that they may report how it goes, in Slack
    return user.sys_id


def _lower(title: str) -> str:
    return f"{title[0].lower()}{title[1:]}"
