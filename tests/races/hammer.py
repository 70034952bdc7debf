"""Many web servers that callers with these tokens ask at once; says how many requests were let through in all.

Usage: python -m tests.races.hammer TIMES TOKEN ..., with a server for each token. They are forked of one application,
as it takes seconds to make and holds no connection before it is asked.
"""

import sys
from collections.abc import Sequence
from http import HTTPStatus
from multiprocessing import get_context

from web.app import create_app

FORKED = get_context("fork")


def main(times: int, tokens: Sequence[str]) -> None:
    """Serve, and ask."""
    app = create_app()
    begin = FORKED.Barrier(len(tokens))
    told = FORKED.SimpleQueue()

    def ask(token: str) -> None:
        client, signed = app.test_client(), {"Authorization": f"Bearer {token}"}
        begin.wait()
        answers = [HTTPStatus(client.get("/api/auth/me", headers=signed).status_code) for _ in range(times)]
        told.put((answers.count(HTTPStatus.OK), answers.count(HTTPStatus.TOO_MANY_REQUESTS)))

    for token in tokens:
        FORKED.Process(target=ask, args=(token,)).start()
    through, refused = zip(*(told.get() for _ in tokens), strict=True)
    sys.stdout.write(f"{sum(through)} {sum(refused)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
