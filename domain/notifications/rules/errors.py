"""What the notifications room refuses; an error's docstring is the sentence that the caller reads.

Conflict
├── OnItsWay                     it is being sent anyway
└── ResentLately
Invalid
├── TemplateFaulty               it could not be filled
└── UnknownLocale                nobody has written words for it
"""

from domain.kernel.errors import Conflict, Invalid


class OnItsWay(Conflict):
    """The message is {state}, and is sent without being asked for again."""

    code = "on_its_way"


class TemplateFaulty(Invalid):
    """Line {line}: {why}."""

    code = "template_faulty"
    pointer = "/text"


class UnknownLocale(Invalid):
    """There are no words for {locale}; there are for {languages}."""

    code = "unknown_locale"
    pointer = "/locale"


class ResentLately(Conflict):
    """The message was sent once more within the last ten minutes."""

    code = "resent_lately"
