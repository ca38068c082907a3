"""What columns of a table are called, by the programs that export one and by people in their languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

_NO_LETTER = re.compile(r"[\W_]+")


def bare(name: str) -> str:
    """A name by its letters alone, without accents: "Author(s)", "authors" and " AUTHORS" are one."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKD", name.casefold()))


# The best first: a cell that is empty gives way to that of the next column.
_PROGRAMS = {
    # "publication title" is the journal, in Zotero and IEEE Xplore.
    "title": """title articletitle documenttitle primarytitle papertitle itemtitle worktitle studytitle
        titleprimary displayname ti t1 originaltitle""".split(),
    "abstract": """abstract ab abstractnote notesabstract abstracttext paperabstract abstractsummary
        summary n2 originalabstract text""".split(),
    "authors": """authorfullnames authors author authornames authorsfull authorlist
        authorshipsauthordisplayname af au a1 firstauthors creators creator primaryauthors""".split(),
    "year": """year publicationyear publishedyear pubyear yearpublished yearofpublication publishyear py y1
        date publicationdate datepublished publisheddate pubdate coverdate issued published""".split(),
    "venue": """sourcetitle journal publicationtitle journalbook journaltitle journalname fulljournalname
        secondarytitle containertitle publicationname venue booktitle conferencename so jf jo t2
        sourcetitleanthologytitle primarylocationsourcedisplayname source""".split(),
    "doi": "doi di articledoi itemdoi doilink doinumber digitalobjectidentifier".split(),
    "arxiv_id": "arxivid arxiv arxivnumber".split(),
    "url": """url link urls ur articleurl landingpageurl primarylocationlandingpageurl sourcelinkout
        sourceurl externalurl openurllink pdflink""".split(),
    "id": "id".split(),
}
# German, French, Spanish, Portuguese, Italian, Dutch; Chinese (CNKI has both languages), Japanese; Russian.
_PEOPLE = {
    "title": """titel titre título titolo titel-des-artikels titre-de-l-article título-del-artículo
        título-do-artigo titolo-dell-articolo 标题 標題 题名 題名 题目 題目 篇名 论文题目 論文題目 论文标题
        文献标题 title-题名 タイトル 論文タイトル 論文題目 論文名 表題 論題
        название заглавие заголовок название-статьи заглавие-статьи""",
    "abstract": """zusammenfassung kurzfassung abstrakt résumé resumen resumo riassunto sommario samenvatting
        摘要 中文摘要 summary-摘要 要旨 抄録 概要 要約 アブストラクト аннотация реферат резюме""",
    "authors": """autoren autor autorinnen autoren-und-autorinnen verfasser verfasserinnen auteurs auteur
        autores autora autori autore 作者 作者姓名 author-作者 著者 著者名 執筆者 авторы автор""",
    "year": """jahr erscheinungsjahr publikationsjahr veröffentlichungsjahr année année-de-publication año
        año-de-publicación ano ano-de-publicação anno anno-di-pubblicazione jaar publicatiejaar
        jaar-van-publicatie 年份 年 出版年 出版年份 发表年份 發表年份 发表年 year-年 発行年 発表年 刊行年
        год год-публикации год-издания datum erscheinungsdatum date-de-publication fecha fecha-de-publicación
        data-de-publicação data-di-pubblicazione publicatiedatum 发表时间 發表時間 出版时间 出版日期 日期
        pubtime-发表时间 発行日 公開日 дата дата-публикации""",
    "venue": """zeitschrift zeitschriftentitel revue titre-de-la-revue périodique revista periódico rivista
        tijdschrift 期刊 期刊名称 期刊名稱 刊名 文献来源 source-文献来源 雑誌名 雑誌 掲載誌 誌名 журнал
        название-журнала konferenz tagungsband conférence conferencia conferência conferenza conferentie
        会议 会议名称 会議名 конференция quelle fuente fonte bron 来源 來源 источник издание""",
    "url": "lien enlace ligação collegamento 链接 连接 連結 网址 网站 link-链接 リンク ссылка",
}
NAMES: Mapping[str, Sequence[str]] = {
    field: [*names, *map(bare, _PEOPLE.get(field, "").split())] for field, names in _PROGRAMS.items()
}
"""By field, the names that a column of it may have, as `bare` makes them."""
