"""The login under guesses: whoever knows a password does not wait for others, and who was removed is out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.serving.users import hashed, load, save
from assistant.ui.login import FEW, FREE, LONGEST_WAIT, Guesses, network_of

from .test_ui_guard import Page, open_page


class Clock:
    """A time that goes on when it is told to."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_guesses_wait_in_a_row_after_some() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    assert [guesses.wait("a", f"name {n}") for n in range(FREE)] == [0.0] * FREE
    assert [guesses.wait("a", "ada") for _ in range(3)] == [1.0, 2.0, 3.0]
    assert guesses.wait("b", "ada") == 0.0
    clock.now += FREE + 4
    assert guesses.wait("a", "ada") == 0.0


def test_a_right_password_is_no_guess() -> None:
    guesses = Guesses(Clock())
    for _ in range(3 * FREE):
        assert guesses.wait("a", "ada") == 0.0
        guesses.was_right("a", "ada")


def test_guesses_for_one_name_from_many_addresses_wait_too() -> None:
    guesses = Guesses(Clock())
    for address in range(FREE):
        guesses.wait(str(address), "ada")
    # Its user, who may mistype it a few times, does not.
    assert [guesses.wait("home", "ada") for _ in range(FEW)] == [0.0] * FEW
    assert guesses.wait("home", "ada") > 0.0
    assert guesses.wait("home", "zoë") == 0.0


def test_who_would_wait_too_long_does_not_lengthen_it() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    waits = [guesses.wait("a", "ada") for _ in range(1_000)]
    assert max(waits) == LONGEST_WAIT + 1
    clock.now += 2
    assert guesses.wait("a", "ada") < LONGEST_WAIT


def test_no_more_is_remembered_than_a_bound() -> None:
    guesses = Guesses(Clock())
    for _ in range(2 * FREE):
        guesses.wait("a", "ada")
    for other in range(20_000):
        guesses.wait(f"{other}", f"{other}")
    assert guesses.wait("a", "ada") == 0.0


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("a name", "a name"),
    ],
)
def test_a_network_of_ipv6_is_one_address(address: str, counted_as: str) -> None:
    assert network_of(address) == counted_as


# -- on the page -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(users: Path, sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with open_page(
        sample_index, tmp_path_factory.mktemp("guarded"), ASSISTANT_AUTH_FILE=str(users)
    ) as running:
        yield running


@pytest.mark.slow
def test_nobody_holds_up_the_login(page: Page) -> None:
    with ThreadPoolExecutor(20) as crowd:
        wrong = [crowd.submit(page.log_in, "ada", f"wrong {n}") for n in range(20)]
        assert page.log_in("ada", "correct horse")[0] == 200
        assert not all(each.done() for each in wrong)
        assert {each.result() for each in wrong} == {(400, "")}


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/config", "/gradio_api/info"])
def test_who_is_removed_is_out_at_once(page: Page, users: Path, path: str) -> None:
    def status(cookies: str) -> int:
        return page.request(path, Cookie=cookies)[0]

    known = load(users)
    ada, zoe = (page.log_in(*who)[1] for who in (("ada", "correct horse"), ("zoë", "battery staple")))
    assert (status(ada), status(zoe)) == (200, 200)
    save({"zoë": known["zoë"]}, users)
    assert (status(ada), status(zoe)) == (401, 200)
    assert page.log_in("ada", "correct horse")[0] == 400
    # Added again, or with another password: that is a login of its own.
    save(known | {"zoë": hashed("another one")}, users)
    assert (status(ada), status(zoe)) == (401, 401)
    cookies = page.log_in("zoë", "another one")[1]
    assert status(cookies) == 200
    save(known, users)
    assert status(page.log_in("zoë", "battery staple")[1]) == 200
