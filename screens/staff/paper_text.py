"""What is left of the roll, in words."""

from screens.navigation.flow import Flow


def paper_text(flow: Flow) -> str:
    """Metres against the whole roll, slips, and the foreseen end with its range."""
    texts, formatting, paper = flow.texts, flow.formatting, flow.staff.context.paper()
    if paper.millimetres is None:
        return texts("staff.paper_unknown")
    left = formatting.number(round(paper.millimetres / 1000, 1))
    if paper.full_mm:
        parts = [texts("staff.paper_of", m=left, full=formatting.number(round(paper.full_mm / 1000)))]
    else:
        parts = [texts("staff.paper_left", m=left)]
    if paper.slips_left is not None:
        parts.append(texts.count("staff.slips_left", paper.slips_left))
    early = formatting.day(paper.ends_early_at) if paper.ends_early_at is not None else ""
    likely = formatting.day(paper.ends_at) if paper.ends_at is not None else ""
    if early and likely and early != likely:
        parts.append(texts("staff.paper_ends_between", early=early, likely=likely))
    elif likely or early:
        parts.append(texts("staff.paper_ends", when=likely or early))
    return " · ".join(parts)
