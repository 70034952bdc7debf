"""The reference lists every prefix that an id can have."""

import re

from config.settings import ROOT
from domain.kernel.ids import Kind


def test_every_kind_of_id_is_listed() -> None:
    section = (ROOT / "docs/reference/conventions.md").read_text().partition("## Ids")[2].partition("## ")[0]
    assert sorted(re.findall(r"`([a-z]{3})_`", section)) == sorted(Kind)
