"""Ask the vulnerability service about every pinned dependency; fail on a known vulnerability, say so when it is silent."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FILES = ("requirements.txt", "requirements/local.txt", "requirements/test.txt")
# What pip-audit, requests and urllib3 say when nobody answers, which is no verdict on the dependencies.
SILENCE = re.compile(r"(?i)could not connect|connection ?error|max retries exceeded|timed? ?out|service unavailable")


def main() -> int:
    """Print one line, or one for each vulnerability, and return the status."""
    answer = _asked()
    try:
        dependencies = json.loads(answer.stdout)["dependencies"]
    except ValueError:
        if not SILENCE.search(answer.stderr):
            print(answer.stderr)
            return 1
        print("not audited: the vulnerability service cannot be reached from here")
        return os.EX_TEMPFAIL
    found = [line for each in dependencies for line in _lines(each)]
    known = sum("skip_reason" not in each for each in dependencies)
    print(*found, f"{known} of {len(dependencies)} dependencies audited, {len(found)} vulnerabilities", sep="\n")
    if known == 0:
        print("not audited: the vulnerability service knows none of them from here")
        return os.EX_TEMPFAIL
    return 1 if found else 0


def _asked() -> subprocess.CompletedProcess[str]:
    pip_audit = Path(sys.executable).with_name("pip-audit")
    files = [word for file in FILES for word in ("--requirement", file)]
    options = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    return subprocess.run([str(pip_audit), *options, *files], capture_output=True, text=True, check=False)


def _lines(dependency: Mapping[str, Any]) -> Sequence[str]:
    return [
        f"{dependency['name']} {dependency['version']}: {each['id']}, mended in {', '.join(each['fix_versions']) or 'no version'}"
        for each in dependency.get("vulns", ())
    ]


if __name__ == "__main__":
    sys.exit(main())
