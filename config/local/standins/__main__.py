"""The stand-ins as a process, which script/server starts: `python -m config.local.standins --port … --web … stripe`.

Keys and secrets come from the environment, under the names that the application reads them by.
"""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.local.standins.accounts import Account
from config.local.standins.server import StandIns

WEBHOOKS = "/api/payments/{provider}/webhook"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until asked to stop."""
    parser = argparse.ArgumentParser(prog="standins", description="Stand in for Stripe and Paystack, on loopback.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--web", required=True, help="where the webhooks go: the web server's address")
    parser.add_argument("--file", type=Path, help="what is remembered from one run to the next")
    parser.add_argument("providers", nargs="+", choices=("stripe", "paystack"))
    options = parser.parse_args(arguments)
    os.umask(0o077)  # the file tells who paid what
    logging.basicConfig(level="INFO", format="%(asctime)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    accounts = [account(provider, options.web, os.environ) for provider in options.providers]
    with StandIns(accounts, file=options.file, port=options.port):
        stop.wait()
    return 0


def account(provider: str, web: str, environ: Mapping[str, str]) -> Account:
    """Return the merchant's account at *provider*, by the keys that the application has."""
    url = web + WEBHOOKS.format(provider=provider)
    if provider == "stripe":
        return Account(
            provider="stripe",
            id="acct_local",
            secret_keys=(environ["STRIPE_SECRET_KEY"],),
            public_key=environ["STRIPE_PUBLISHABLE_KEY"],
            webhook_secrets=listed(environ["STRIPE_WEBHOOK_SECRET"]),
            webhook_url=url,
        )
    return Account(
        provider="paystack",
        id="100001",
        secret_keys=listed(environ["PAYSTACK_SECRET_KEY"]),
        public_key=environ["PAYSTACK_PUBLIC_KEY"],
        webhook_url=url,
    )


def listed(value: str) -> tuple[str, ...]:
    """Return what stands between the commas."""
    return tuple(each.strip() for each in value.split(",") if each.strip())


if __name__ == "__main__":
    sys.exit(main())
