"""Refusals: one sentence each, that a person can act on."""


class Refusal(Exception):
    """The request was understood and is not allowed."""

    sentence = "{}"

    def __str__(self) -> str:
        return self.sentence.format(*self.args)


class UnknownService(Refusal):
    sentence = "I don't know a service called “{}”. {}"


class UnknownEnvironment(Refusal):
    sentence = "{} has no environment called “{}”: it has {}."


class UnknownCommand(Refusal):
    sentence = "I don't understand “{}”. Did you mean `{}`? For example: `{}`."


class UnknownChange(Refusal):
    sentence = "I don't know a change {}. `/change queue` lists those under way."


class StillMissing(Refusal):
    sentence = "This announcement does not tell {}."


class TooLateToComplete(Refusal):
    sentence = "This announcement is older than a day: ask for the deploy with `/deploy`, if it is still to come."


class AlreadyComplete(Refusal):
    sentence = "Nothing is missing of this announcement any more."


class NotStopped(Refusal):
    sentence = "{} is not stopped, and nothing of it waits to be tried again: it is {}."


class EmergencyNotYet(Refusal):
    sentence = "Emergency changes don't go through Cabbie yet: open one in ServiceNow, and tell the change manager."


class SelfApproval(Refusal):
    sentence = "{} needs a second pair of eyes: you requested it."


class AuthorApproval(Refusal):
    sentence = "{} needs a second pair of eyes: you wrote part of what it deploys."


class FourEyesNotProven(Refusal):
    sentence = "{} cannot be approved here: nobody can tell who {} is, who wrote part of it; ask the change manager."


class NotAnApprover(Refusal):
    sentence = "You are not among those whom ServiceNow asks to approve {} now; {} can."


class NotAPerson(Refusal):
    sentence = "Only full members of this workspace can decide: your Slack account is {}."


class NoServiceNowUser(Refusal):
    sentence = (
        "I can't tell which ServiceNow user you are ({}): ask your ServiceNow admin to mend the e-mail of your account."
    )


class NotLinked(Refusal):
    sentence = (
        "I can't tell which ServiceNow user you are: link your ServiceNow account on my Home tab, then try again."
    )


class LinkFirst(Refusal):
    sentence = "{} is decided by each in their own name, and {}: link your ServiceNow account on my Home tab first."


class DecideThereOrLink(Refusal):
    sentence = "You decide on {} in ServiceNow itself: {} (for {}; link it on my Home tab to decide here)"


class WrittenByAnother(Refusal):
    sentence = "Your answer on {} is in ServiceNow, written by {} instead of you: it stands as given there."


class UnknownRequester(Refusal):
    sentence = (
        "I can't tell who asked to {}: the pipeline names {}. "
        "Let it name the e-mail of an active ServiceNow user, or a member of this workspace."
    )


class BindingChanged(Refusal):
    sentence = "Your Slack or ServiceNow account changed since I last met you ({}); I told the change manager."


class StaleCard(Refusal):
    sentence = "{} has changed since that card was shown; look at the new card and decide again."


class ForeignCard(Refusal):
    sentence = "That card is another one than {}'s; press the button on its own."


class NotWaiting(Refusal):
    sentence = "{} is not waiting for a decision any more: it is {}."


class AlreadyDecided(Refusal):
    sentence = "You have already {} {}; use Hold or Withdraw if you changed your mind."


class NotNeeded(Refusal):
    sentence = "{} does not need your answer any more: enough others were quicker, or somebody put it on hold."


class NothingToWithdraw(Refusal):
    sentence = "You have no approval on {} that could still be withdrawn; use Hold to stop it."


class NobodyLeft(Refusal):
    sentence = "Nobody is left who may approve {}: {}. Ask the change manager to add an approver."


class CannotReport(Refusal):
    sentence = "{} cannot be reported {} now: it is {}."


class CannotCancel(Refusal):
    sentence = "{} cannot be canceled any more: it is {}."


class NotYours(Refusal):
    sentence = "Only {} or somebody in {} can do that to {}."


class NoShaFound(Refusal):
    sentence = "I can't find {} of {} in git: {}."


class IllegalMove(Refusal):
    sentence = "A change does not go from {} to {}."
