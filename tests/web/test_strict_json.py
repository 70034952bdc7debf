"""What the strict reading of JSON refuses, and that it refuses rather than fails."""

import json

import pytest

from web.strict_json import Malformed, loads

HOSTILE = {
    "a hundred thousand brackets": b"[" * 100_000,
    "a hundred thousand nested objects": b'{"a":' * 100_000,
    "twenty-one levels": b'{"a":' * 21 + b"1" + b"}" * 21,
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a float that is infinite": b'{"a": 1e400}',
    "the same key twice": b'{"a": 1, "a": 2}',
    "the same key twice, once escaped": b'{"a": 1, "\\u0061": 2}',
    "the same key twice, deeper": b'{"b": [{"a": 1, "a": 1}]}',
    "a NUL": b'{"a": "\\u0000"}',
    "a NUL in a key": b'{"\\u0000": 1}',
    "a bare control character": b'{"a": "\x01"}',
    "half a surrogate pair": b'{"a": "\\ud800"}',
    "half a surrogate pair in a key": b'{"\\udfff": 1}',
    "bytes that are not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "an integer of five thousand digits": b'{"a": ' + b"9" * 5000 + b"}",
    "an integer beyond 64 bits": b'{"a": 9223372036854775808}',
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "text": b'"{}"',
    "two objects": b"{}{}",
    "a trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bodies_are_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        loads(raw)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"a": {"b": [1, 2.5, True, None, "é 🎉"]}},
        {"most": 2**63 - 1, "least": -(2**63)},
        {"backslash": "\\u0000 is no NUL here"},
    ],
)
def test_sound_objects_are_read(document: dict[str, object]) -> None:
    assert loads(json.dumps(document).encode()) == document
    assert loads(json.dumps(document, ensure_ascii=False).encode()) == document


def test_twenty_levels_are_read() -> None:
    assert loads(b'{"a":' * 20 + b"1" + b"}" * 20)
