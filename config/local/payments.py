"""Payments without accounts: which providers are stood in for, with keys made here, and where they are played."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.local import ports
from config.local.keys import kept
from config.local.places import Place
from config.local.procfile import Program

SECRETS: Mapping[str, str] = {"stripe": "STRIPE_SECRET_KEY", "paystack": "PAYSTACK_SECRET_KEY"}
NAMES = (
    *("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE"),
    *("PAYSTACK_SECRET_KEY", "PAYSTACK_PUBLIC_KEY", "PAYSTACK_API_BASE"),
)


@dataclass(frozen=True)
class Payments:
    """The providers that are real, those that are stood in for, and the port where that is done; 0 when none is."""

    place: Place
    real: tuple[str, ...]
    providers: tuple[str, ...]
    port: int

    @classmethod
    def beside(cls, place: Place, environ: Mapping[str, str]) -> "Payments":
        """Return who must be stood in for: whose secret key is not in *environ*. In production that is nobody.

        Our own keys do not count: a shell that has read the environment file has them all. The port is that of the
        last time.
        """
        real = tuple(each for each, name in SECRETS.items() if _is_given(place, each, environ.get(name)))
        left = tuple(each for each in SECRETS if each not in real)
        providers = () if environ.get("ENVIRONMENT") == "production" else left
        return cls(place, real, providers, ports.remembered(place.run / "standins.port") if providers else 0)

    @property
    def url(self) -> str:
        """Where customers are played."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> Mapping[str, str]:
        """Return keys, secrets and addresses of the providers that are stood in for."""
        made: dict[str, str] = {}
        if "stripe" in self.providers:
            made |= {
                "STRIPE_SECRET_KEY": self._key("sk_test_", "stripe_secret_key"),
                "STRIPE_PUBLISHABLE_KEY": self._key("pk_test_", "stripe_publishable_key"),
                "STRIPE_WEBHOOK_SECRET": self._key("whsec_", "stripe_webhook_secret"),
                "STRIPE_API_BASE": f"{self.url}/stripe",
            }
        if "paystack" in self.providers:
            made |= {
                "PAYSTACK_SECRET_KEY": self._key("sk_test_", "paystack_secret_key"),
                "PAYSTACK_PUBLIC_KEY": self._key("pk_test_", "paystack_public_key"),
                "PAYSTACK_API_BASE": f"{self.url}/paystack",
            }
        return made

    def programs(self, checkout: Path, environment: Mapping[str, str]) -> Sequence[Program]:
        """Return the stand-ins' process, if any is needed. *environment* is the web server's, whom the webhooks are for."""
        if not self.providers:
            return ()
        web = f"http://127.0.0.1:{environment['PORT']}"
        command = (
            f"exec {shlex.quote(sys.executable)} -m config.local.standins --port {self.port} --web {web}"
            f' --file "$DATA_DIR/standins.sqlite" {" ".join(self.providers)}'
        )
        return (Program("standins", command, self.place, checkout, environment),)

    def line(self) -> str:
        """Return what a person is told."""
        if self.providers:
            verb = "are" if len(self.providers) > 1 else "is"
            return f"payments  {self.url}/ ({_names(self.providers)} {verb} stood in for: play the customer there)"
        return (
            f"payments  by your keys at {_names(self.real)}"
            if self.real
            else "payments  none: no provider's key is set"
        )

    def _key(self, prefix: str, name: str) -> str:
        return prefix + kept(self.place.keys / name)


def _is_given(place: Place, provider: str, key: str | None) -> bool:
    file = place.keys / f"{provider}_secret_key"
    return bool(key) and not (file.exists() and key == f"sk_test_{file.read_text()}")


def _names(providers: Sequence[str]) -> str:
    return " and ".join(provider.capitalize() for provider in providers)
