"""What a notebook shows: figures, tables and panels, each with caption, alternative text and data."""

from scorelib.figures.assessment import indicator_table, indicators, results, wheel
from scorelib.figures.money import donor_table, donors, earmarked, revenue, trend
from scorelib.figures.panels import cover, facts, sources, summary
from scorelib.figures.relevance import relevance, relevance_chart

__all__ = [
    "cover",
    "donor_table",
    "donors",
    "earmarked",
    "facts",
    "indicator_table",
    "indicators",
    "relevance",
    "relevance_chart",
    "results",
    "revenue",
    "sources",
    "summary",
    "trend",
    "wheel",
]
