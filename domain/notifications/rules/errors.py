"""What the notifications room refuses; an error's docstring is the sentence that the caller reads.

NotFound
├── UnknownTemplate              there is no such message, or there are no words for it in that language
└── NoOwnTemplate                there is no template of the business's own to take away
NotAllowed
└── CustomersOnly                nobody says for others whether they are reminded
Conflict
├── OnItsWay                     it is being sent anyway
└── ResentLately
Invalid
├── TemplateFaulty               it could not be filled
└── UnknownLocale                nobody has written words for it
"""

from domain.kernel.errors import Conflict, Invalid, NotAllowed, NotFound


class UnknownTemplate(NotFound):
    """There is no template for {kind} in {language}. Kinds: {kinds}. Languages: {languages}."""

    code = "unknown_template"


class NoOwnTemplate(NotFound):
    """The business has no template of its own for {kind} in {language}; ours is used."""

    code = "no_own_template"


class CustomersOnly(NotAllowed):
    """Only the customer of the booking says whether they are reminded."""

    code = "customers_only"


class OnItsWay(Conflict):
    """The message is {state}, and is sent without being asked for again."""

    code = "on_its_way"


class TemplateFaulty(Invalid):
    """Line {line}: {why}; {remedy}."""

    code = "template_faulty"
    pointer = "/text"


class UnknownLocale(Invalid):
    """There are no words for {locale}; there are for {languages}."""

    code = "unknown_locale"
    pointer = "/locale"


class ResentLately(Conflict):
    """The message was sent once more within the last ten minutes; it can be again at {again_at}."""

    code = "resent_lately"
