"""What a mail server says of a letter, and whether that is for good."""

import pytest

from domain.notifications.gateway import Away, PostError, Refused
from workers.delivery.meanings import said


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ("550 5.4.5 Daily user sending limit exceeded", Away),
        ("552 5.3.1 system full", Away),
        ("554 5.3.2 not accepting messages", Away),
        ("550 5.3.0 of the system", Away),
        ("550 5.4.14 of no class that is known", Away),
        ("554 5.3.3 no such feature", Refused),
        ("552 5.3.4 message too big", Refused),
        ("550 5.4.1 Recipient address rejected: Access denied", Refused),
        ("554 5.4.4 unable to route", Refused),
        ("554 5.4.6 too many hops", Refused),
        ("550 5.1.1 nobody of that name", Refused),
        ("552 5.2.2 mailbox full", Refused),
        ("550 it is 5.4.5 or so", Refused),
    ],
)
def test_what_is_of_the_system_or_the_network_may_be_put_right(words: str, means: type[PostError]) -> None:
    code, _, text = words.partition(" ")
    found = said(int(code), text.encode())
    assert (type(found), found.is_of_the_line, found.is_a_try) == (means, False, True)
