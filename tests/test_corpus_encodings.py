"""Texts that are not UTF-8: what is told of their encoding, and what stays as it was."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from assistant.corpus import Gauge, read
from assistant.errors import CollectionError
from assistant.types import Paper, Rejected

POLISH = "Badamy wpływ głębokości sieci na jakość: większe modele są lepsze niż mniejsze", "Łukasz Święcki"
CZECH = "Zkoumáme vliv hloubky sítě: výsledky ukazují, že větší modely jsou lepší než menší", "Tomáš Nováček"
RUSSIAN = "Нейронные сети для больших графов", "Иван Петров"
CHINESE = "图神经网络的研究与应用", "张三"
TAIWANESE = "圖神經網路的研究與應用", "陳大文"
JAPANESE = "本研究では、グラフニューラルネットワークの表現力を調べ、実験により有効性を示す。", "山田太郎"
KOREAN = "그래프 신경망의 표현력에 관한 연구", "김철수"
GREEK = "Νευρωνικά δίκτυα για μεγάλους γράφους", "Γιώργος Παπαδόπουλος"
FRENCH = "Étude des réseaux à mémoire", "Hélène Müller"
GERMAN = "Über die Anwendung größerer Netze", "Jürgen Groß"
SPANISH = "Aplicación de redes neuronales", "José Núñez"
SWEDISH = "Tillämpning av neurala nätverk", "Åsa Öberg"
ENGLISH = "A study of naïve Bayes – and “why”", "García"
SIGNS = "At 5 °C ± 1 %, £5 or €7, §3, 10×10 m²", "Smith"
NAME = "A study of networks", "Grzegorz Gałecki"


def papers_of(path: Path, content: bytes, gauge: Gauge | None = None) -> list[Paper]:
    path.write_bytes(content)
    return [row for row in read(path, gauge=gauge) if isinstance(row, Paper)]


@pytest.mark.parametrize(
    ("row", "encoding", "name"),
    [
        (POLISH, "cp1250", "Windows-1250"),
        (POLISH, "iso8859-2", "ISO 8859-2"),
        (NAME, "cp1250", "Windows-1250"),
        (CZECH, "cp1250", "Windows-1250"),
        (RUSSIAN, "cp1251", "Windows-1251"),
        (RUSSIAN, "koi8-r", "KOI8-R"),
        (CHINESE, "gbk", "GB 18030"),
        (TAIWANESE, "big5", "Big5"),
        (JAPANESE, "shift-jis", "Shift JIS"),
        (JAPANESE, "euc-jp", "EUC-JP"),
        (KOREAN, "euc-kr", "EUC-KR"),
        (GREEK, "cp1253", "Windows-1253"),
        *((row, "mac-roman", "MacRoman") for row in (FRENCH, GERMAN, SPANISH, SWEDISH)),
        *((row, "cp1252", "Windows-1252") for row in (FRENCH, GERMAN, SPANISH, SWEDISH, ENGLISH, SIGNS)),
        *((row, "utf-16-le", "UTF-16-LE") for row in (FRENCH, CHINESE, RUSSIAN)),
        (FRENCH, "utf-16-be", "UTF-16-BE"),
        (JAPANESE, "utf-32-le", "UTF-32-LE"),
        (JAPANESE, "utf-32-be", "UTF-32-BE"),
    ],
)
@pytest.mark.parametrize(
    "form", ["title,authors,year\n{0},{1},2020\n", "TY  - JOUR\nTI  - {0}\nAU  - {1}\nER  - \n"]
)
def test_an_encoding_is_told_from_the_text(
    tmp_path: Path, row: tuple[str, str], encoding: str, name: str, form: str
) -> None:
    gauge = Gauge()
    quoted = (f'"{part}"' for part in row) if form.startswith("title") else row
    (paper,) = papers_of(tmp_path / "x", form.format(*quoted).encode(encoding), gauge)
    assert (paper.title, "; ".join(paper.authors)) == row
    assert gauge.assumed == {name: ["x"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_nothing_is_assumed_of_a_text_that_says_what_it_is(tmp_path: Path, encoding: str) -> None:
    gauge = Gauge()
    (paper,) = papers_of(tmp_path / "x", f"title,year\n{JAPANESE[0]},2020\n".encode(encoding), gauge)
    assert paper.title == JAPANESE[0]
    assert not gauge.assumed


def test_lines_of_one_file_may_differ(tmp_path: Path) -> None:
    lines = [
        b"title,authors\n",
        f"{POLISH[0]},{POLISH[1]}\n".encode("cp1250"),
        f"{JAPANESE[0]},{JAPANESE[1]}\n".encode(),
        f"{NAME[0]},{NAME[1]}\n".encode("cp1250"),
    ]
    found = papers_of(tmp_path / "x.csv", b"".join(lines))
    assert [paper.title for paper in found] == [POLISH[0], JAPANESE[0], NAME[0]]
    lines[1] = f"{FRENCH[0]},{FRENCH[1]} – 電\n".encode().replace("É".encode(), b"\xc9")
    found = papers_of(tmp_path / "x.csv", b"".join(lines[:3]))
    assert [paper.title for paper in found] == [FRENCH[0], JAPANESE[0]]
    assert found[0].authors == (f"{FRENCH[1]} – 電",)


def test_what_comes_late_is_told_from_what_is_near_it(tmp_path: Path) -> None:
    plain = b"".join(b"Graphs of number %d,Smith\n" % number for number in range(20_000))
    gauge = Gauge()
    late = f"{RUSSIAN[0]},{RUSSIAN[1]}\n".encode("cp1251")
    content = b"title,authors\n" + plain + late + plain + late
    found = papers_of(tmp_path / "x.csv.gz", gzip.compress(content), gauge)
    assert len(found) == 40_002
    assert (found[20_000].title, found[-1].authors) == (RUSSIAN[0], (RUSSIAN[1],))
    assert gauge.assumed == {"Windows-1251": ["x.csv.gz"]}


def test_xml_without_a_declaration(tmp_path: Path) -> None:
    rows = "".join(
        f"<record><titles><title>{RUSSIAN[0]} {number}</title></titles></record>\n" for number in range(3000)
    )
    found = papers_of(tmp_path / "x.xml", f"<xml><records>{rows}</records></xml>".encode("cp1251"))
    assert [paper.title for paper in found] == [f"{RUSSIAN[0]} {number}" for number in range(3000)]


def test_json_has_to_be_utf8_and_a_row_is_given_back_as_it_is_likely_meant(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(f'[{{"title": "A"}},\n{{"title": "{RUSSIAN[0]}"}}]'.encode("cp1251"))
    _, row = read(path)
    assert isinstance(row, Rejected)
    assert row.reason.startswith("a byte that is not UTF-8")
    assert RUSSIAN[0] in row.text


def test_what_is_no_text_stays_none(tmp_path: Path) -> None:
    for number, data in enumerate((bytes(range(256)) * 40, b"\0" * 4000, b"\x7fELF\2\1\1" + b"\0\1" * 3000)):
        (tmp_path / f"{number}.bin").write_bytes(data)
        with pytest.raises(CollectionError, match=r"not text|not known here"):
            read(tmp_path / f"{number}.bin")
