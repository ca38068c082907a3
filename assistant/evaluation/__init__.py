"""Measures the assistant on a collection: ``evaluate`` with questions, which ``make_questions`` makes."""

from .estimates import Estimate
from .evaluate import evaluate
from .making import make_questions
from .report import Line, Report, Section, report_json

__all__ = ["Estimate", "Line", "Report", "Section", "evaluate", "make_questions", "report_json"]
