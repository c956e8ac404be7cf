"""A kiosk's last fortnight as plots, with a table of the same figures."""

from typing import Any, Final

from server.fleet.history import Past
from server.web.fleet.view import hours_plot
from server.web.frame import plots
from server.web.frame.visitor import Visitor

#: Heard for less of a day than this, the line or the power there is to be looked at.
GOOD_LINE: Final = 0.98


def past_view(visitor: Visitor, past: Past) -> dict[str, Any] | None:
    """None where the kiosk was never heard."""
    if not past.days:
        return None
    formatting = visitor.formatting
    days = [
        {
            "day": formatting.short_day(one.day),
            "sessions": one.sessions,
            "paper": formatting.tenths(one.paper_mm / 1000),
            "heard": f"{one.heard:.1%}" if visitor.language == "en" else f"{one.heard:.1%}".replace(".", ","),
            "bad_line": one.heard < GOOD_LINE,
        }
        for one in past.days
    ]
    labels = [str(one.day.day) for one in past.days]
    return {
        "days": days[::-1],
        "paper": plots.bars(
            [one.paper_mm for one in past.days], [f"{one['day']}: {one['paper']} m" for one in days], labels
        ),
        "line": plots.bars(
            [one.heard for one in past.days],
            [f"{one['day']}: {one['heard']}" for one in days],
            labels,
            ["bad" if one["bad_line"] else "plain" for one in days],
            most=1.0,
        ),
        "hours": hours_plot(visitor, past.hours),
        "forecast": _forecast(visitor, past),
    }


def _forecast(visitor: Visitor, past: Past) -> str:
    if past.paper_a_day_mm is None:
        return visitor.say("past.forecast.none")
    metres = visitor.formatting.tenths(past.paper_a_day_mm / 1000)
    if past.empty_on is None:
        return visitor.say("past.rate", metres=metres)
    return visitor.say("past.forecast", metres=metres, day=visitor.formatting.weekday(past.empty_on))
