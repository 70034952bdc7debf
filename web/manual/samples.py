"""Samples: an operation as a line to copy into a shell."""

import shlex
from urllib.parse import quote, urlencode

from web.manual.operations import Operation


def command(operation: Operation, base_url: str) -> str:
    """Return the curl command that asks for an operation."""
    lines = [f"curl {_method(operation)}{shlex.quote(_address(operation, base_url))}"]
    if not operation.is_public:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if operation.body:
        lines += [f"-H 'Content-Type: {operation.body.media}'", f"-d {shlex.quote(operation.body.sample)}"]
    return " \\\n  ".join(lines)


def _method(operation: Operation) -> str:
    is_told = operation.method == "GET" or (operation.method == "POST" and operation.body)
    return "" if is_told else f"-X {operation.method} "


def _address(operation: Operation, base_url: str) -> str:
    path, query = operation.path, {}
    for each in operation.parameters:
        if each.place == "path":
            path = path.replace(f"{{{each.field.name}}}", quote(each.sample))
        elif each.place == "query" and each.sample:
            query[each.field.name] = each.sample
    return f"{base_url}{path}" + (f"?{urlencode(query)}" if query else "")
