"""One of many processes that ask for places of one bucket: waits for a line, asks, and says how many it got."""

import os
import sys

from config.limiter import Limiter, Quota


def main(bucket: str, times: int) -> None:
    """Ask."""
    limiter = Limiter(os.environ["REDIS_URL"])
    quota = Quota("race", 100, 60)
    limiter.look(quota, bucket)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(f"{sum(limiter.take(quota, bucket).is_allowed for _ in range(times))}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
