"""Sign-ins: how often a password may be tried, so that nobody guesses one, and nobody can be kept out for ever.

Tries are counted by the address that is signed in with, whether or not anybody has registered with it, and refused
before the password is looked at: the answers tell nothing. From one place there are few; from all places together there
are more, so that many machines are slowed, too. The latter would let others use up the owner's tries, so a place that
has shown the password, or a mailed link, within the month has only its own count. Who has forgotten the password, or is
somewhere new while others guess, has a link mailed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from config.limiter import Quota, limiter
from config.settings import settings
from domain.kernel.addresses import folded
from web.addresses import source
from web.limits import HOUR, MINUTE, take_each

HERE = Quota("sign_ins", 10, 15 * MINUTE)
ANYWHERE = Quota("sign_ins_anywhere", 50, HOUR)
TRUSTED = Quota("trusted", 1, 30 * 24 * HOUR)


@contextmanager
def attempt(email: str) -> Iterator[None]:
    """Count a try to prove the password of *email*, and forget it when the body ends well. Raises RateLimited."""
    whose = _whose(email)
    here = f"{whose}/{source()}"
    take_each((HERE, here), *([] if _is_trusted(here) else [(ANYWHERE, whose)]))
    yield
    trust_source(email)


def trust_source(email: str) -> None:
    """Note that who is asking has shown that *email* is theirs: tries from elsewhere do not count against them."""
    if not settings().ratelimit_enabled:
        return
    here = f"{_whose(email)}/{source()}"
    limiter().clear(HERE, here)
    limiter().clear(TRUSTED, here)
    limiter().take(TRUSTED, here)


def _is_trusted(here: str) -> bool:
    return settings().ratelimit_enabled and limiter().look(TRUSTED, here).remaining == 0


def _whose(email: str) -> str:
    """Return what stands for an address: keys are not to tell whoever sees them who signs in."""
    return sha256(folded(email).encode()).hexdigest()[:32]
