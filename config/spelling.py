"""Spelling: how settings that are more than a word are written, and read."""

import re
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, SecretStr

SECRET_BYTES = 32
EVERY_ORIGIN = "*"
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:(?!80$|443$)[0-9]{1,5})?")
"""An origin as a browser writes it: in small letters, without a path, and without the port that goes without saying."""

Network = IPv4Network | IPv6Network


def each_of(given: str) -> tuple[str, ...]:
    """Return what is written with commas between."""
    return tuple(filter(None, map(str.strip, given.split(","))))


def secrets_of(given: SecretStr | None) -> tuple[SecretStr, ...]:
    """Return the secrets that are written with commas between."""
    return tuple(map(SecretStr, each_of(given.get_secret_value()))) if given else ()


@cache
def networks(given: str) -> tuple[Network, ...]:
    """Return the networks that are written with commas between. Raises ValueError for what is none."""
    return tuple(map(ip_network, each_of(given)))


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SECRET_BYTES:
        raise ValueError(f"must have at least {SECRET_BYTES} characters")
    return secret


def _of_networks(given: str) -> str:
    networks(given)
    return given


def _of_origins(given: str) -> str:
    wrong = next((each for each in each_of(given) if each != EVERY_ORIGIN and not ORIGIN.fullmatch(each)), None)
    if wrong:
        raise ValueError(f"must be origins as browsers write them, like https://app.example.com, and {wrong} is none")
    return given


def _of_mail_server(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    asked = parse_qs(parts.query).get("starttls", ["required"])
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or asked not in (["required"], ["never"]):
        raise ValueError("must be smtp://user:password@host:587 or smtps://user:password@host:465")
    return url


Secret = Annotated[SecretStr, AfterValidator(_long_enough)]
MailServer = Annotated[SecretStr, AfterValidator(_of_mail_server)]
Networks = Annotated[str, AfterValidator(_of_networks)]
Origins = Annotated[str, AfterValidator(_of_origins)]
