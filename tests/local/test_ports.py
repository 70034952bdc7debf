"""Ports: which we take, and what we say when we may not."""

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local import ports
from config.local.terminal import Refused

HERE = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HERE, 0)) as server:
        yield server.getsockname()[1]


def test_a_listening_port_is_not_free(taken: int) -> None:
    assert not ports.is_free(taken)


def test_a_port_in_use_is_refused_in_one_sentence(taken: int) -> None:
    with pytest.raises(Refused, match=rf"^port {taken} is in use by another program: .*\.$"):
        ports.web_port({"PORT": str(taken)}, HERE)


@pytest.mark.parametrize("asked", ["http", "0", "65536", "-1", "80 80"])
def test_what_is_no_port_is_refused(asked: str) -> None:
    with pytest.raises(Refused, match="is no port"):
        ports.web_port({"PORT": asked}, HERE)


def test_without_a_wish_the_next_free_port_is_taken(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "WEB", taken)
    assert ports.web_port({}, HERE) > taken


def test_a_server_comes_back_to_its_port(tmp_path: Path) -> None:
    first = ports.remembered(tmp_path / "port")
    assert ports.remembered(tmp_path / "port") == first


def test_a_server_whose_port_was_taken_meanwhile_moves(tmp_path: Path) -> None:
    first = ports.remembered(tmp_path / "port")
    with socket.create_server((HERE, first)):
        assert ports.remembered(tmp_path / "port") != first


def test_processes_of_one_seed_do_not_take_the_same_ports_for_that(tmp_path: Path) -> None:
    seeded = random.getstate()
    ports.remembered(tmp_path / "port")
    assert random.getstate() == seeded


def test_server_ports_are_never_those_that_clients_are_given(tmp_path: Path) -> None:
    with socket.create_server((HERE, 0)) as client:
        assert client.getsockname()[1] not in ports.OURS
    assert ports.remembered(tmp_path / "port") in ports.OURS
