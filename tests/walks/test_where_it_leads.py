"""The links of the document: from whatever is made to everything that can be done with it."""

import re

from tests.walks.walker import operations


def test_every_link_leads_to_an_operation_about_what_was_made() -> None:
    by_id = {each["operationId"]: name for name, each in operations().items()}
    found = 0
    for operation in operations().values():
        for answer in operation["responses"].values():
            for name, link in answer.get("links", {}).items():
                found += 1
                assert link["operationId"] == name
                assert re.findall(r"{(\w+)}", by_id[name]) == list(link["parameters"])
    assert found


def test_whatever_is_made_and_has_an_address_of_its_own_is_linked_to_it() -> None:
    for name, operation in operations().items():
        made = operation["responses"].get("201", operation["responses"].get("202", {}))
        own = f"{name.removeprefix('POST ')}/{{"
        reads = [
            each for each in operations() if each.startswith(f"GET {own}") and each.count("/") == name.count("/") + 1
        ]
        if name.startswith("POST") and len(reads) == 1 and name.count("{") == 0:
            assert operations()[reads[0]]["operationId"] in made["links"], name
