"""Letters as mail: what a mail program looks for is where it looks, and nothing that is written ends a process."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.notifications.rules.framing import MOST_TAGS, framed
from domain.notifications.rules.language import fault_of
from domain.notifications.rules.letters import Letter, Party, composed, unlinked
from domain.notifications.rules.speech import speech

URL = "https://bookings.example.com/unsubscribe/" + "x" * 120


def test_the_address_that_ends_reminders_is_found_in_its_header_whatever_its_length() -> None:
    letter = a_letter(unsubscribe_url=URL)
    lines = composed(letter).as_bytes().splitlines()
    assert f"List-Unsubscribe: <{URL}>".encode() in lines
    assert max(map(len, lines)) <= 998


def a_letter(**other: Any) -> Letter:  # noqa: ANN401 - fields
    facts: dict[str, Any] = {
        "message_id": "<1@example.com>",
        "sender": Party(name="Ada", address="ada@example.com"),
        "recipient": Party(name="Bo", address="bo@example.com"),
        "subject": "See you soon",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "date": datetime(2026, 3, 15, tzinfo=UTC),
    }
    return Letter(**facts | other)


HIDDEN = "=?utf-8?q?a=0d=0aBcc:_x=40y.z=0d=0a=0d=0aPay_here?="


@pytest.mark.parametrize(
    "other",
    [
        {"subject": f"{HIDDEN} hello"},
        {"recipient": Party(name=f"{HIDDEN} , x@y.z", address="bo@example.com")},
        {"sender": Party(name=HIDDEN, address="ada@example.com")},
    ],
    ids=["subject", "recipient", "sender"],
)
def test_what_is_hidden_in_encoded_words_is_no_line_of_the_mail(other: dict[str, Any]) -> None:
    wrote = composed(a_letter(**other)).as_bytes()
    heads = [line.partition(b":")[0] for line in wrote.partition(b"\r\n\r\n")[0].splitlines()]
    assert b"Bcc" not in heads
    assert heads.count(b"Subject") == 1
    assert b"Pay here" not in wrote.splitlines()


@pytest.mark.parametrize("address", ["=?utf-8?q?a=0d=0a?=@x.test", "a\r\nBcc: b@x.test"])
def test_what_is_no_plain_address_is_not_written(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|invalid"):
        composed(a_letter(recipient=Party(name="Bo", address=address)))
    with pytest.raises(ValueError, match=r"address|invalid"):
        composed(a_letter(reply_to=address))


@pytest.mark.parametrize("source", ["a{{ '\\x00' }}b", "{{ '\\ud800' }}", "a\x00b", "{{ 7 }}"])
def test_what_no_message_can_carry_is_a_fault_of_its_template(source: str) -> None:
    assert fault_of(source, frozenset()) is not None


def test_tags_without_end_do_not_end_the_process() -> None:
    english = speech("en")
    assert english is not None
    pages: list[str] = []
    threading.stack_size(2**21)  # as the web server's threads have
    try:
        for tags in (MOST_TAGS - 10, 6_000):
            html = "<b>" * tags + "Hello"
            write = threading.Thread(
                target=lambda html=html: pages.append(framed("Hello", html, english, head="A", why="B"))
            )
            write.start()
            write.join()
    finally:
        threading.stack_size(0)
    assert len(pages) == 2
    assert all("Hello" in page for page in pages)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Ada O. Obi, M.D.", "Ada O. Obi, M.|D."),
        ("https://evil.example/x", "https:|/|/evil.|example/x"),
        ("evil.example", "evil.|example"),
        ("me@evil.example", "me@|evil.|example"),
    ],
)
def test_a_name_that_somebody_chose_is_no_link_in_others_mail(name: str, seen: str) -> None:
    assert unlinked(name).replace("\N{WORD JOINER}", "|") == seen
