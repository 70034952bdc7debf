"""What the document says of parameters that many operations have, and that say by their name what they are."""

from collections.abc import Mapping
from typing import Any

EITHER = "May be repeated: either will do"
FILTERS: Mapping[str, str] = {
    "category": f"Only those of this category, whatever its capitals. {EITHER}",
    "city": f"Only those in this city, whatever its capitals. {EITHER}",
    "country": f"Only those in this country, by its ISO 3166-1 code of two letters. {EITHER}",
    "currency": f"Only those that sell in this currency, by its ISO 4217 code. {EITHER}",
    "kind": "Only entries of this kind",
    "state": "Only those that stand so",
}
PLACES: Mapping[str, str] = {
    "kind": "What the message tells",
    "language": "The language of the words, such as `en`",
    "slug": "Which business, by its slug or its id",
}


def told_of(parameter: Mapping[str, Any]) -> str:
    """Return what a parameter of the document is, of which its model says nothing; nothing where nobody knows."""
    name, is_filter = parameter["name"], parameter["in"] == "query"
    if not name.endswith("_id"):
        return (FILTERS if is_filter else PLACES).get(name, "")
    what = name.removesuffix("_id").replace("_", " ")
    return f"{'Of which' if is_filter else 'Which'} {what}, by its id"
