"""Papers on two subjects in languages other than English, some of them without blanks."""

from __future__ import annotations

from assistant import Paper

GERMAN = {
    "Spracherkennung": ("Spracherkennung im Lärm", "Robuste Spracherkennung", "Spracherkennung am Telefon"),
    "Bodenfeuchte": ("Messung der Bodenfeuchte", "Bodenfeuchte und Ernte", "Die Bodenfeuchte im Sommer"),
}
CHINESE = {
    "图神经网络": ("基于图神经网络的推荐系统", "图神经网络的表达能力研究", "异构图神经网络综述"),
    "土壤水分": ("土壤水分的遥感监测", "农田土壤水分预测", "土壤水分与小麦产量"),
}
JAPANESE = {
    "音声認識": ("雑音環境における音声認識", "音声認識の音響モデル", "話し言葉の音声認識"),
    "暗黒物質": ("銀河の形成と暗黒物質", "暗黒物質の分布", "暗黒物質のシミュレーション"),
}
_SENTENCES = {
    "Spracherkennung": "In der Folge wird die {0} besser. Es zeigt sich, dass sie um {1} Prozent wächst. "
    "Wir untersuchen hier eine {0} mit {1} Sprechern.",
    "Bodenfeuchte": "In der Folge wird die {0} besser. Es zeigt sich, dass sie um {1} Prozent wächst. "
    "Wir untersuchen hier eine {0} mit {1} Feldern.",
    "图神经网络": "然而，{0}仍然不足。我们研究了{0}的节点。实验结果表明，提高了{1}%。",
    "土壤水分": "然而，{0}仍然不足。我们研究了{0}的农田。实验结果表明，提高了{1}%。",
    "音声認識": "しかし{0}は難しい。本研究では{0}と音響を調べる。その結果、{1}％向上した。",
    "暗黒物質": "しかし{0}は難しい。本研究では{0}と銀河を調べる。その結果、{1}％向上した。",
}


def papers_abroad(titles: dict[str, tuple[str, ...]]) -> dict[str, list[Paper]]:
    """Nine papers on each subject; what is said of both is said in the same words."""
    return {
        name: [
            Paper(f"{name}{n}", f"{title} {n}", _SENTENCES[name].format(name, n + 3))
            for n, title in enumerate(own * 3)
        ]
        for name, own in titles.items()
    }
