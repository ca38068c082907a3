"""Events of a stream as JSON, as the page's API tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..events import Audited, Done, Event, Sources, Status, Token
from ..summaries import Planned, Summarized, SummaryEvent, Tabled
from ..types import Citation, Usage
from .answers import answer_json, citation_json, claim_json, named_json, usage_json
from .summaries import card_json, summary_json, theme_json

Json = Mapping[str, Any]
"""An event or a result of any kind."""


def event_json(event: Event | SummaryEvent) -> Json:
    """An event of a stream under its name; of the last one what it carries: the whole answer or summary."""
    match event:
        case Status(message):
            return {"event": "status", "message": message}
        case Sources(hits):
            return {"event": "sources", "papers": [named_json(hit.paper) for hit in hits]}
        case Planned(themes):
            return {"event": "planned", "themes": [theme_json(theme) for theme in themes]}
        case Tabled(cards):
            return {"event": "tabled", "cards": [card_json(card) for card in cards]}
        case Token(text):
            return {"event": "token", "text": text}
        case Citation():
            return {"event": "citation", **citation_json(event)}
        case Audited(claims):
            return {"event": "audited", "claims": [claim_json(claim) for claim in claims]}
        case Usage():
            return {"event": "usage", **usage_json(event)}
        case Done(answer):
            return answer_json(answer)
        case Summarized(summary):
            return summary_json(summary)
