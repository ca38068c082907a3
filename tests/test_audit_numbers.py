"""Numbers of prose: what is read as one, and when two of them say the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.audit.agreeing import agrees, nearest, opposed
from assistant.answering.audit.quantities import Quantity, quantities


def one(text: str) -> Quantity:
    [quantity] = quantities(text)
    return quantity


def same(claimed: str, given: str) -> bool:
    return agrees(one(claimed), one(given))


@pytest.mark.parametrize(
    ("claimed", "given"),
    [
        ("10%", "10 %"),
        ("10%", "ten percent"),
        ("10 per cent", "10\\%"),
        ("1,000 graphs", "1000 graphs"),
        ("1k", "1 000"),
        ("0.5M", "500,000"),
        ("1.5 million", "1.5×10^6"),
        ("10⁻³", "10^-3"),
        ("0.001", "$10^{-3}$"),
        ("3x", "threefold"),
        ("3 times", "3-fold"),
        ("three-fold", "3×"),
        ("twice", "2x"),
        ("half", "50%"),
        ("two-thirds", "66.7%"),
        ("500 ms", "0.5 s"),
        ("2 years", "24 months"),
        ("16 GB", "16,000 MB"),
        ("twenty-one models", "21 models"),
        ("−3.2 dB", "-3.2 dB"),
        ("15,8 %", "15.8%"),
        ("16 %", "15.8 %"),
        ("about 16 %", "15.8 %"),
        ("nearly 40%", "39.7%"),
        ("over 40%", "42.3%"),
        ("up to 40%", "39%"),
        ("p < 0.05", "p = 0.003"),
        ("94.2", "94.2%"),
        ("0.94", "94%"),
        ("3.2 points", "3.2%"),
    ],
)
def test_the_same_in_other_words(claimed: str, given: str) -> None:
    assert same(claimed, given)


@pytest.mark.parametrize(
    ("claimed", "given"),
    [
        ("16%", "10%"),
        ("16", "61"),
        ("1,000", "100"),
        ("0.5", "5"),
        ("3x", "2x"),
        ("10 ms", "10 s"),
        ("10 %", "10 models"),
        ("-3", "3"),
        ("15.9 %", "15.8 %"),
        ("2x", "1.9x"),
        ("100 %", "99.6 %"),
        ("about 16 %", "12 %"),
        ("over 40%", "38%"),
        ("over 40%", "80%"),
        ("up to 3.9", "3.2"),
        ("up to 3.9", "up to 3.2"),
        ("as much as 60 %", "52 %"),
        ("2021", "2020"),
        ("five datasets", "three datasets"),
    ],
)
def test_not_the_same(claimed: str, given: str) -> None:
    assert not same(claimed, given)


@pytest.mark.parametrize(
    "name",
    ["GPT-4", "ResNet-50", "1-WL", "3D", "F1", "CIFAR-10", "v2.1", "ImageNet-1K", "DiT-L/2", "the 2nd"],
)
def test_a_number_in_a_name_is_none(name: str) -> None:
    assert not quantities(f"It uses {name} here.")


def test_ranges_share_their_unit() -> None:
    for text in ("10-20%", "10 to 20 %", "between 10 and 20 percent"):
        first, second = quantities(text)
        assert agrees(one("10%"), first)
        assert agrees(one("20%"), second)
        assert not agrees(one("10 ms"), first)


def test_bounds_can_be_opposed() -> None:
    assert opposed(one("at least 40%"), one("up to 40%"))
    assert not opposed(one("at least 40%"), one("more than 40%"))
    assert not opposed(one("40%"), one("up to 40%"))


def test_the_number_that_was_meant() -> None:
    given = quantities("It takes 5 ms on 12 graphs and is 10% better.")
    assert str(nearest(one("16%"), given)) == "10%"
    assert str(nearest(one("14 graphs"), given)) == "12"
    assert nearest(one("16 GB"), given) is None


values = st.integers(1, 10**9)


@given(values)
def test_every_way_to_write_a_whole_number_reads_alike(value: int) -> None:
    forms = [f"{value}", f"{value:,}", f"{value:,}".replace(",", " ")]
    read = [one(f"There are {form} of them.") for form in forms]
    assert all(agrees(mine, theirs) for mine in read for theirs in read)


@given(values, st.sampled_from(["%", " %", " percent", "x", " ms", " GB", ""]), st.integers(1, 9))
def test_another_digit_never_agrees(value: int, unit: str, shift: int) -> None:
    text = str(value)
    other = f"{(int(text[0]) + shift - 1) % 9 + 1}{text[1:]}"
    assert same(f"{text}{unit}", f"{text}{unit}")
    if other != text:
        assert not same(f"{other}{unit}", f"{text}{unit}")


@given(st.decimals(min_value="1.01", max_value="99.99", places=2))
def test_rounding_agrees_one_way_only(value: object) -> None:
    exact, rounded = f"{value}%", f"{round(float(str(value)), 1)}%"
    assert same(f"about {rounded}", exact)
    if one(exact).value != one(rounded).value:
        assert not same(exact, rounded)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for quantity in quantities(text):
        assert str(quantity)
        agrees(quantity, quantity)


@given(st.text(alphabet="0123456789.,'-+^ex%KMB \u00b2\u2212(){}$", max_size=200))
def test_heaps_of_digits_are_read(text: str) -> None:
    found = quantities(text)
    for quantity in found:
        nearest(quantity, found)
