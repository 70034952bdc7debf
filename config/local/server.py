"""script/server, once its packages are there: servers, migrations, demo data, programs, and a way in.

Run as `python -m config.local.server`.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from config.local import orphans, ports
from config.local.keys import kept
from config.local.locks import only_run
from config.local.payments import NAMES, Payments
from config.local.places import Place, place_at
from config.local.postgres import Postgres
from config.local.procfile import programs
from config.local.stopping import Stop, Stopped
from config.local.supervisor import Supervised, Supervisor
from config.local.terminal import Refused, complain, say, tail
from config.local.valkey import Valkey
from config.local.welcome import Demo, welcome

CHECKOUT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
HOPELESS_DEATHS = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until asked to stop; return the exit status."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run everything on this machine.")
    parser.add_argument("--no-demo", action="store_true", help="start without the demo business")
    options = parser.parse_args(arguments)
    stop = Stop()
    stop.listen()
    try:
        with ExitStack() as stack:
            _serve(stack, stop, [] if options.no_demo else ["flask", "--app", "web.app", "demo"])
    except Refused as refusal:
        complain(str(refusal))
        return 1
    except Stopped:
        say("stopped")
    return 0


def _serve(stack: ExitStack, stop: Stop, demo: Sequence[str]) -> None:
    place = place_at(Path(os.environ.get("DATA_DIR") or CHECKOUT / ".data"))
    lock = stack.enter_context(only_run(place.run))
    for name in orphans.end_all(place.run):
        say(f"{name}: ended, left by a run that was killed")
    payments = Payments.beside(place, os.environ)
    environment = _environment(place, payments)
    lock.write_text(f"process {os.getpid()}, {environment['BASE_URL']}")
    servers = _start_servers(stack, place, environment)
    _write_environment(place, environment)
    _errand(stop, place, environment, "migrate", ["alembic", "upgrade", "head"])
    ours = [*payments.programs(CHECKOUT, environment), *programs(place, CHECKOUT, environment)]
    supervisor = Supervisor(servers, ours)
    stack.callback(lambda: supervisor.stop(stop.in_a_hurry))
    supervisor.start()
    say("starting  " + ", ".join(program.name for program in supervisor.programs))
    here = f"http://127.0.0.1:{environment['PORT']}"
    _wait_until_ready(stop, supervisor, here, place)
    made = _demo(stop, place, environment, demo) if demo else ""
    _greet(environment["BASE_URL"], here, place, [*(welcome(here, Demo.read(made)) if made else ()), payments.line()])
    stack.callback(say, "stopping: programs first, then the servers; Ctrl-C again hurries")
    while True:
        stop.pause()
        supervisor.tend()


def _environment(place: Place, payments: Payments) -> dict[str, str]:
    """Return the programs' environment: ours, completed where it says nothing."""
    host = os.environ.get("HOST") or "127.0.0.1"
    port = ports.web_port(os.environ, host)
    if port != ports.WEB and not os.environ.get("PORT"):
        say(f"port {ports.WEB} is in use, so the web server takes {port}")
    return {
        "BASE_URL": f"http://127.0.0.1:{port}",
        "ENVIRONMENT": "development",
        "RATELIMIT_AUTH": "600",  # whoever tries things out is many callers at one address
        "SECRET_KEY": kept(place.keys / "secret_key"),
        "JWT_SECRET_KEY": kept(place.keys / "jwt_secret_key"),
        **payments.environment(),
        **{name: value for name, value in os.environ.items() if value},
        "DATA_DIR": str(place.data),
        "HOST": host,
        "PORT": str(port),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
    }


def _write_environment(place: Place, environment: Mapping[str, str]) -> None:
    """Leave the programs' environment as a shell file for our own eyes, for whoever runs a command beside them."""
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "JWT_SECRET_KEY", "ENVIRONMENT", "DATA_DIR", "PATH", *NAMES)
    known = {name: environment[name] for name in names if name in environment}
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in known.items())
    with os.fdopen(os.open(place.environment, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(lines)


def _start_servers(stack: ExitStack, place: Place, environment: dict[str, str]) -> Sequence[Supervised]:
    """Start the servers that the environment does not name yet, and name them there."""
    started: list[Supervised] = []
    before = time.monotonic()
    for name, server in (("DATABASE_URL", Postgres(place)), ("REDIS_URL", Valkey(place))):
        if environment.get(name):
            say(f"{server.name:<9} as {name} says")
            continue
        if not started and place.home != place.data:
            say(f"the user `nobody` cannot enter {place.data}, so the servers' data is in {place.home}")
        stack.callback(server.stop)
        server.start()
        environment[name] = server.url
        started.append(server)
        say(f"{server.name:<9} on 127.0.0.1:{server.port} ({time.monotonic() - before:.1f} s)")
    return started


def _errand(stop: Stop, place: Place, environment: Mapping[str, str], name: str, command: Sequence[str]) -> str:
    """Run *command* to its end and return what it printed. Raises Refused with its log's end when it fails."""
    log = place.logs / f"{name}.log"
    say(f"{name:<9} {' '.join(command)}")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=dict(environment), stdout=subprocess.PIPE, stderr=errors, start_new_session=True
        )
        orphans.record(place.run, name, process.pid, CHECKOUT)
        try:
            output = _output(stop, process)
        finally:
            orphans.end_group(place.run, name)
            process.wait()
    if process.returncode:
        raise Refused(f"`{' '.join(command)}` failed. The end of {log}:\n{tail(log)}")
    return output


def _demo(stop: Stop, place: Place, environment: Mapping[str, str], command: Sequence[str]) -> str:
    """Make the demo's data; a demo that fails is a line to read, and no reason to stop."""
    try:
        return _errand(stop, place, environment, "demo", command)
    except Refused as refusal:
        say(f"demo      there is none: {refusal}")
        return ""


def _output(stop: Stop, process: "subprocess.Popen[bytes]") -> str:
    while True:
        try:
            return process.communicate(timeout=0.1)[0].decode()
        except subprocess.TimeoutExpired:
            stop.pause(0)


def _wait_until_ready(stop: Stop, supervisor: Supervisor, here: str, place: Place) -> None:
    """Wait for the web server, and then for a sign of life that beat has sent through Redis and a worker."""
    began = time.monotonic()
    while (missing := _missing(f"{here}/readyz", began)) and time.monotonic() < began + READY_SECONDS:
        if supervisor.deaths("web") >= HOPELESS_DEATHS:
            break
        stop.pause()
        supervisor.tend()
    if missing:
        log = place.logs / f"{missing}.log"
        raise Refused(f"the {missing} did not become ready. The end of {log}:\n{tail(log)}")


def _missing(url: str, began: float) -> str:
    """Return the program that is not ready yet, or nothing: a heartbeat older than *began* is an earlier run's."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=2) as answer:
            age = json.load(answer)["beat_age_seconds"]
    except (URLError, OSError, ValueError):
        return "web"
    return "worker" if age is None or age > time.monotonic() - began else ""


def _greet(base_url: str, here: str, place: Place, lines: Sequence[str]) -> None:
    for line in (
        f"API       {base_url}/api",
        *lines,
        "mail      by SMTP_URL" if os.environ.get("SMTP_URL") else f"mail      {base_url}/mailbox",
        f"docs      {base_url}/docs",
        f"logs      {place.logs}",
        f"commands  . {place.environment}",
        f"ready {here}",
    ):
        say(line)


if __name__ == "__main__":
    sys.exit(main())
