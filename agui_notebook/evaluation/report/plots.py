"""Distributions as SVG within HTML: no library, no script, colours of the page around. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ...protocol.run_facts import duration_text
from .rates import quantile

WIDTH, HEIGHT, BASE = 320, 96, 66  # of a plot; where its axis is
BINS = 24


def histogram(title: str, values: Sequence[float], show: Callable[[float], str]) -> str:
    """How values are spread, with their median and 95th percentile; "" for no values."""
    if not values:
        return ""
    low, high = min(values), max(values)
    width = (high - low) / BINS
    counts = [0] * BINS
    for value in values:
        counts[min(int((value - low) / width), BINS - 1) if width else BINS // 2] += 1
    bars = "".join(
        _bar(number, count / max(counts)) for number, count in enumerate(counts) if count
    )
    middle, late = quantile(values, 0.5), quantile(values, 0.95)
    marks = "".join(_mark(value, low, high) for value in (middle, late))
    told = f"median {show(middle)}, 95 % within {show(late)}"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="{title}: {told}" style="font:11px sans-serif">'
        f'<text x="0" y="11" fill="currentColor" font-weight="600">{title}</text>'
        f'<g fill="#4c78a8">{bars}</g>{marks}'
        f'<path d="M0 {BASE}H{WIDTH}" stroke="currentColor" opacity=".4"/>'
        f'<text x="0" y="{BASE + 13}" fill="currentColor">{show(low)}</text>'
        f'<text x="{WIDTH}" y="{BASE + 13}" fill="currentColor" text-anchor="end">'
        f"{show(high)}</text>"
        f'<text x="0" y="{BASE + 27}" fill="currentColor" opacity=".7">{told}</text></svg>'
    )


def _bar(number: int, share: float) -> str:
    step = WIDTH / BINS
    height = max(share * (BASE - 18), 1)
    return (
        f'<rect x="{number * step:.1f}" y="{BASE - height:.1f}" width="{step - 1.5:.1f}" '
        f'height="{height:.1f}"/>'
    )


def _mark(value: float, low: float, high: float) -> str:
    place = WIDTH / 2 if high == low else (value - low) / (high - low) * WIDTH
    return f'<path d="M{place:.1f} 16V{BASE}" stroke="currentColor" stroke-dasharray="2 2"/>'


def rate_bar(share: float, low: float, high: float) -> str:
    """A share on a line from 0 to 1, with the interval it lies in."""
    place, first, last = (round(value * WIDTH, 1) for value in (share, low, high))
    return (
        f'<svg viewBox="0 0 {WIDTH} 20" width="{WIDTH}" height="20" role="img" '
        f'aria-label="{share:.0%} pass, between {low:.0%} and {high:.0%}">'
        f'<path d="M0 10H{WIDTH}" stroke="currentColor" opacity=".3"/>'
        f'<path d="M{first} 10H{last}" stroke="#4c78a8" stroke-width="6" opacity=".5"/>'
        f'<circle cx="{place}" cy="10" r="5" fill="#4c78a8"/></svg>'
    )


def seconds_text(value: float) -> str:
    """Seconds for a plot."""
    return duration_text(value)


def dollars_text(value: float) -> str:
    """Dollars for a plot, as precise as small sums need."""
    digits = 2 if value == 0 else max(2, 2 - math.floor(math.log10(abs(value))))
    return f"${value:.{min(digits, 8)}f}"
