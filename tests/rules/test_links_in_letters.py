"""No words of a business leave a customer without the links that are theirs."""

import pytest
from test_templates import facts, spoken

from domain.notifications.rules.notices import Notice
from domain.notifications.rules.saying import said
from domain.notifications.rules.speech import Wording, wording

URL = "https://x.example/link#1"
BARE = Wording(subject="x", text="Hello", html="<p>Hello</p>")


@pytest.mark.parametrize(
    ("link", "label", "notice"),
    [
        ("manage_url", "See or change the booking", Notice.CONFIRMED),
        ("unsubscribe_url", "No more reminders", Notice.REMINDER),
    ],
)
def test_a_link_that_own_words_leave_out_is_added_once(link: str, label: str, notice: Notice) -> None:
    told = said(facts(notice, **{link: URL}), spoken("en"), BARE)
    assert told.text == f"Hello\n\n{label}:\n{URL}\n"
    assert told.html.count(URL) == 1
    ours = said(facts(notice, **{link: URL}), spoken("en"), wording(notice.value, "en"))
    assert (ours.text.count(URL), ours.html.count(URL)) == (1, 1)


def test_no_link_is_promised_that_there_is_not() -> None:
    told = said(facts(), spoken("en"), BARE)
    assert told.text == "Hello\n"
    assert "manage" not in told.html
    assert "No more reminders" not in told.html
