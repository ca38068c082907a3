"""Results as JSON: the shapes that the command line prints, kept stable and documented in docs/json.md."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from .cards import Cards, PaperCard
from .errors import AssistantError, PaperNameError
from .events import Audited, Done, Event, Sources, Status, Token
from .grouped import Topic, Topics
from .online.saved import Refreshed, SavedQuery
from .summaries import Planned, Summarized, Summary, SummaryEvent, Tabled, Theme
from .types import Answer, Citation, Claim, Hit, ImportReport, IndexStatus, Paper, Refusal, Usage

Json = dict[str, Any]


def answer_json(answer: Answer) -> Json:
    """An answer or a refusal."""
    return {
        "question": answer.question,
        "status": answer.status,
        "mode": answer.mode,
        "confidence": None if answer.confidence is None else round(answer.confidence, 4),
        "text": answer.text,
        "citations": [_citation(citation) for citation in answer.citations],
        "claims": [_claim(claim) for claim in answer.claims],
        "refusal": _refusal(answer.refusal),
        "notices": list(answer.notices),
        "usage": asdict(answer.usage),
        "searched": answer.searched,
        "filters": {
            **asdict(answer.filters),
            "found": [
                {"words": found.words, "filters": asdict(found.filters)} for found in answer.filters_found
            ],
        },
        "timings": {step: round(seconds, 4) for step, seconds in answer.timings.items()},
    }


def summary_json(summary: Summary) -> Json:
    """A summary or a refusal."""
    return {
        "subject": summary.subject,
        "status": summary.status,
        "mode": summary.mode,
        "depth": summary.depth,
        "text": summary.text,
        "sections": [asdict(section) for section in summary.sections],
        "themes": [_theme(theme) for theme in summary.themes],
        "cards": [card_json(card) for card in summary.cards],
        "citations": [_citation(citation) for citation in summary.citations],
        "claims": [_claim(claim) for claim in summary.claims],
        "reading": [{**_named(each.paper), "reason": each.reason} for each in summary.reading],
        "papers": [_named(paper) for paper in summary.papers],
        "not_cited": [paper.id for paper in summary.not_cited],
        "coverage": summary.coverage,
        "refusal": _refusal(summary.refusal),
        "notices": list(summary.notices),
        "usage": asdict(summary.usage),
        "timings": {step: round(seconds, 4) for step, seconds in summary.timings.items()},
    }


def event_json(event: Event | SummaryEvent) -> Json:
    """An event of a stream under its name; of the last one what it carries: the whole answer or summary."""
    match event:
        case Status(message):
            return {"event": "status", "message": message}
        case Sources(hits):
            return {"event": "sources", "papers": [_named(hit.paper) for hit in hits]}
        case Planned(themes):
            return {"event": "planned", "themes": [_theme(theme) for theme in themes]}
        case Tabled(cards):
            return {"event": "tabled", "cards": [card_json(card) for card in cards]}
        case Token(text):
            return {"event": "token", "text": text}
        case Citation():
            return {"event": "citation", **_citation(event)}
        case Audited(claims):
            return {"event": "audited", "claims": [_claim(claim) for claim in claims]}
        case Usage():
            return {"event": "usage", **asdict(event)}
        case Done(answer):
            return answer_json(answer)
        case Summarized(summary):
            return summary_json(summary)


def _theme(theme: Theme) -> Json:
    return {"name": theme.name, "papers": list(theme.papers)}


def _citation(citation: Citation) -> Json:
    return {
        "number": citation.number,
        "id": citation.id,
        "title": citation.title,
        "sentences": [{"index": s.index, "text": s.text} for s in citation.sentences],
    }


def _refusal(refusal: Refusal | None) -> Json | None:
    if refusal is None:
        return None
    return {
        "kind": refusal.kind,
        "reason": refusal.reason,
        "nearest": [_named(paper) for paper in refusal.nearest],
    }


def _named(paper: Paper) -> Json:
    return {"id": paper.id, "title": paper.title}


def _claim(claim: Claim) -> Json:
    better = claim.better
    return {
        "text": claim.text,
        "citations": list(claim.citations),
        "support": claim.support,
        "score": claim.score,
        "reason": claim.reason,
        "better": better
        and {
            "number": better.number,
            "id": better.paper.id,
            "title": better.paper.title,
            "sentence": {"index": better.sentence.index, "text": better.sentence.text},
        },
        "attached": claim.attached,
    }


def cards_json(cards: Cards) -> Json:
    """The cards of papers, and what they took."""
    return {
        "cards": [card_json(card) for card in cards],
        "notices": list(cards.notices),
        "usage": asdict(cards.usage),
        "remembered": cards.remembered,
        "interrupted": cards.interrupted,
    }


def card_json(card: PaperCard) -> Json:
    """One card; a point that the abstract does not state is ``null``."""
    return {
        "id": card.id,
        "title": card.paper.title,
        "year": card.paper.year,
        "mode": card.mode,
        **{
            point: cell
            and {
                "text": cell.text,
                "verbatim": cell.verbatim,
                "support": cell.support,
                "sentences": [{"index": s.index, "text": s.text} for s in cell.sentences],
            }
            for point, cell in card.cells.items()
        },
        "figures": [asdict(figure) for figure in card.figures],
    }


def hits_json(hits: Iterable[Hit]) -> Json:
    """The papers found, best first."""
    return {
        "hits": [
            {
                "rank": hit.rank,
                "id": hit.id,
                "title": hit.title,
                "score": round(hit.score, 6),
                "evidence": [
                    {"index": e.index, "text": e.text, "score": round(e.score, 6)} for e in hit.evidence
                ],
            }
            for hit in hits
        ]
    }


def report_json(report: ImportReport) -> Json:
    """What an import did: counts, the rejected rows, and those that were folded into other papers."""
    return {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "merged": report.merged,
        "rejected": [{"where": row.where, "reason": row.reason} for row in report.rejected],
        "more_rejected": report.more_rejected,
        "folds": [asdict(fold) for fold in report.folds],
        "more_folds": report.more_folds,
        "interrupted": report.interrupted,
    }


def queries_json(queries: Iterable[SavedQuery]) -> Json:
    """The saved queries, with the numbers that they are removed by."""
    return {"queries": [{"number": number, **asdict(query)} for number, query in enumerate(queries, 1)]}


def refreshed_json(results: Iterable[Refreshed]) -> Json:
    """What running the saved queries again did."""
    return {
        "queries": [
            {
                "source": result.query.source,
                "report": result.report and report_json(result.report),
                "problem": result.problem,
            }
            for result in results
        ]
    }


def status_json(status: IndexStatus) -> Json:
    """What an index holds."""
    return {
        "path": status.path,
        "papers": status.papers,
        "sentences": status.sentences,
        "embedder": status.embedder,
        "dimension": status.dimension,
        "format": status.format,
        "sound": status.sound,
        "notice": status.notice,
    }


def papers_json(papers: Iterable[Paper]) -> Json:
    """Papers with all that is known of them."""
    names = ("id", "title", "abstract", "year", "venue", "url", "doi", "arxiv_id")
    return {
        "papers": [
            {name: getattr(paper, name) for name in names}
            | {"authors": list(paper.authors), "sources": list(paper.sources)}
            for paper in papers
        ]
    }


def topics_json(topics: Topics) -> Json:
    """The topics of a collection, the largest first."""
    return {
        "papers": topics.papers,
        "topics": [topic_json(topic) for topic in topics],
        "areas": [asdict(area) for area in topics.areas],
        "rest": list(topics.rest),
        "new_rest": list(topics.new_rest),
        "notices": list(topics.notices),
    }


def topic_json(topic: Topic) -> Json:
    """A topic with the ids of its papers."""
    return {
        "id": topic.id,
        "name": topic.name,
        "size": topic.size,
        "terms": list(topic.terms),
        "area": topic.area or None,
        "examples": [{"id": paper.id, "title": paper.title} for paper in topic.examples],
        "papers": list(topic.papers),
        "new": list(topic.new),
        "renamed": topic.renamed,
        "merged": list(topic.merged),
    }


def error_json(error: AssistantError) -> Json:
    """What went wrong, in place of a result."""
    told: Json = {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
    if isinstance(error, PaperNameError):
        told["candidates"] = [{"id": paper_id, "title": title} for paper_id, title in error.candidates]
    return {"error": told}
