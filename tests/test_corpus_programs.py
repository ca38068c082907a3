"""Exports as programs and services write them (made by hand after theirs), in what is odd about each."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.corpus import read
from assistant.types import Paper

S2 = '{"paperId": "x", "title": "Cited", "abstract": "It is.", "authors": [{"name": "A. One"}], "year": 2020}'

EXPORTS: dict[str, tuple[str, dict[str, object]]] = {
    "Scopus CSV: names with numbers, words for nothing": (
        '\ufeff"Authors","Author full names","Title","Year","Source '
        'title","DOI","Link","Abstract","Source","EID"\n'
        '"O’Brien J.","O’Brien, John (57190000001)","On CO<inf>2</inf>","2021","J. '
        'Things","10.1016/j.x","https://s.com/1",'
        '"[No abstract available]","Scopus","2-s2.0-1"\n',
        {"title": "On CO2", "authors": ("O’Brien, John",), "venue": "J. Things", "abstract": ""},
    ),
    "Scopus CSV: nobody": (
        '"Authors","Title","Year","Source title"\n"[No author name '
        'available]","Proceedings","2020","Notes"\n',
        {"authors": (), "year": 2020},
    ),
    "Embase RIS": (
        "TY  - JOUR\nM1  - (Doe J., jdoe@x.org) Department\nA1  - Doe J.\nT1  - Of &beta;-blockers\nY1  "
        "- 2019//\n"
        "JF  - Br. J. Things\nN2  - p&lt;0.05\nDO  - 10.1000/abc\nU2  - L1\nU5  - 31000000\nER  - \n",
        {"title": "Of β-blockers", "authors": ("Doe J.",), "year": 2019, "abstract": "p<0.05"},
    ),
    "ProQuest RIS": (
        "TY  - JOUR\nDP  - ProQuest\nT1  - A title\nAB  - <p>Text.</p>\nA1  - Jones, H\nT2  - J. Stress\n"
        "Y1  - 2019/04//\nY2  - 2020-11-28\nDO  - http://dx.doi.org/10.1002/JTS.1\nER  - \n",
        {"abstract": "Text.", "year": 2019, "doi": "10.1002/jts.1", "venue": "J. Stress"},
    ),
    "Cochrane RIS with a header": (
        'Provider: John Wiley & Sons, Ltd\nContent: text/plain; charset="UTF-8"\n\nTY  - JOUR\nAU  - '
        "Moore, Tess\n"
        "TI  - A review\nPY  - 2020\nDO  - 10.1002/14651858.CD1.pub4\nAB  - Background\n Objectives: "
        "More.\nER  - \n",
        {"doi": "10.1002/14651858.cd1.pub4", "abstract": "Background Objectives: More."},
    ),
    "Papers RIS": (
        "TY  - JPCELL\nT1  - A title\nA1  - Smith,John\nY1  - 2011/02/04/\nUR  - "
        "papers2://publication/uuid/X\n"
        "UR  - http://dx.doi.org/10.1038/nature1\nER  - \n",
        {"doi": "10.1038/nature1", "url": "http://dx.doi.org/10.1038/nature1", "year": 2011},
    ),
    "ADS BibTeX": (
        "@ARTICLE{2020ApJ,\n author = {{Planck Collaboration} and {Abbott}, B.~P. and "
        "{Gonz{\\'a}lez-Alfonso}, E.},\n"
        ' title = "{A Coalescence}",\n journal = {\\apjl},\n year = 2020,\n month = mar,\n eprint = '
        "{2001.01761}\n}\n",
        {
            "authors": ("Planck Collaboration", "Abbott, B. P.", "González-Alfonso, E."),
            "venue": "Astrophysical Journal Letters",
            "arxiv_id": "2001.01761",
        },
    ),
    "biber's names": (
        "\n\n@online{b, author={family=Beethoven, given=Ludwig, prefix=van and Doe, Jane}, title={T}, "
        "date={2019~}}\n",
        {"authors": ("van Beethoven, Ludwig", "Doe, Jane"), "year": 2019},
    ),
    "Mendeley BibTeX": (
        "@article{S,\nabstract = {50{\\%} of {\\textless}i{\\textgreater}E. "
        "coli{\\textless}/i{\\textgreater}, {\\$}5.},\n"
        'author = {M{\\"{u}}ller, J{\\"{o}}rg},\njournal = {Health {\\&} Place},\ntitle = {{A title}}\n}\n',
        {"abstract": "50% of E. coli, $5.", "authors": ("Müller, Jörg",), "venue": "Health & Place"},
    ),
    "DBLP BibTeX": (
        "@article{DBLP:x,\n  author       = {{\\L}ukasz Kaiser and\n                  Ti{\\~{\\^{e}}}n "
        "Nguy{\\~{\\^{e}}}n},\n"
        "  title        = {Attention},\n  journal      = {CoRR},\n  volume       = {abs/1706.03762}\n}\n",
        {"authors": ("Łukasz Kaiser", "Tiễn Nguyễn"), "arxiv_id": "1706.03762"},
    ),
    "Dimensions CSV after a line about it": (
        '"About the data: Exported on Jan 01, 2024."\n"Rank","DOI","Title","Abstract","Source '
        'title","PubYear","Authors"\n'
        '"500","10.1000/dim","A Dim Title","Text","J Dim","2020","Smith, John; Doe, Jane"\n',
        {"title": "A Dim Title", "authors": ("Smith, John", "Doe, Jane"), "year": 2020},
    ),
    "Lens CSV": (
        "Lens ID,Title,Date Published,Publication Year,Source Title,Author/s,Abstract,DOI\n"
        "0-1,A Lens Title,2020-01-01,2020,J Lens,John Smith; Jane Doe,<jats:p>Of "
        "<jats:italic>it</jats:italic>.</jats:p>,"
        "10.1000/lens\n",
        {"abstract": "Of it.", "authors": ("John Smith", "Jane Doe"), "doi": "10.1000/lens"},
    ),
    "IEEE Xplore CSV": (
        '"Document Title",Authors,"Publication Title","Publication Year","Abstract","DOI",PDF Link\n'
        '"A Thing","J. Smith; A. B. Jones","2020 IEEE Conf.","2020","We do '
        '$x^{2}$.","10.1109/X.1","https://ieee.org/1"\n',
        {"title": "A Thing", "venue": "2020 IEEE Conf.", "abstract": "We do $x^{2}$."},
    ),
    "EndNote XML with styles": (
        "<xml><records><record><contributors><authors><author><style>Smith, John</style></author></authors>"
        "</contributors><titles><title><style>H</style><style "
        'face="subscript">2</style><style>O</style></title>'
        "</titles><dates><year><style>2019</style></year></dates></record></records></xml>",
        {"title": "H2O", "authors": ("Smith, John",), "year": 2019},
    ),
    "Crossref's answer": (
        '{"status": "ok", "message": {"total-results": 1, "items": [{"DOI": "10.1000/cr", "title": ["A '
        '&amp;amp; B\\n  C"],'
        '"issued": {"date-parts": [[null]]}, "published-print": {"date-parts": [[2019]]}, "author": '
        '[{"name": "Group"}]}]}}',
        {"title": "A & B C", "year": 2019, "authors": ("Group",)},
    ),
    "OpenAlex' answer": (
        '{"meta": {"count": 1}, "results": [{"id": "https://openalex.org/W1", "title": null, '
        '"display_name": "An <i>OA</i>",'
        '"publication_year": 2019, "primary_location": {"source": null}, "locations": [{"landing_page_url": '
        '"http://arxiv.org/abs/1905.00001"}], "authorships": [], "abstract_inverted_index": {"b": [1], '
        '"a": [0]}}]}',
        {"title": "An OA", "arxiv_id": "1905.00001", "abstract": "a b"},
    ),
    "the citations of a paper at Semantic Scholar": (
        f'{{"offset": 0, "data": [{{"isInfluential": false, "citingPaper": {S2}}}]}}',
        {"title": "Cited", "authors": ("A. One",), "year": 2020},
    ),
    "DataCite's answer": (
        '{"data": [{"id": "10.5281/z", "attributes": {"doi": "10.5281/z", "titles": [{"title": "Data"}], '
        '"publisher": "Z",'
        '"creators": [{"name": "Lovelace, Ada", "givenName": "Ada", "familyName": "Lovelace"}, {"name": '
        '"Group"}],'
        '"descriptions": [{"description": "<p>Numbers.</p>", "descriptionType": "Abstract"}], '
        '"publicationYear": 2020}}]}',
        {"title": "Data", "authors": ("Ada Lovelace", "Group"), "abstract": "Numbers.", "doi": "10.5281/z"},
    ),
    "the daily papers of Hugging Face": (
        '[{"paper": {"id": "2511.00001", "title": "Daily", "summary": "It is.", "publishedAt": '
        '"2025-11-18T00:00:00Z",'
        '"authors": [{"name": "A. One"}]}, "title": "Daily"}]',
        {"id": "arxiv:2511.00001", "abstract": "It is.", "year": 2025},
    ),
    "bioRxiv's answer": (
        '{"messages": [{"status": "ok"}], "collection": [{"doi": "10.1101/1", "title": "Oxygen", "authors": '
        '"Farboud, B.; Meyer, B. J.", "date": "2018-06-05", "abstract": "We do it."}]}',
        {"doi": "10.1101/1", "authors": ("Farboud, B.", "Meyer, B. J."), "year": 2018},
    ),
}


@pytest.mark.parametrize("program", EXPORTS)
def test_an_export(tmp_path: Path, program: str) -> None:
    text, expected = EXPORTS[program]
    path = tmp_path / "export"
    path.write_text(text, "utf-8")
    [paper] = read(path)
    assert isinstance(paper, Paper)
    assert {name: getattr(paper, name) for name in expected} == expected
