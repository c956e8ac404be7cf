"""A rating is quick or full, within the scale, and nothing else."""

import pytest
from pydantic import ValidationError

from protocol.reports import HIGHEST, LOWEST, OVERALL, Element, Rating

RATING = {
    "id": "0190f3a0-0000-4000-8000-000000000001",
    "service": "domisili",
    "agency": "kelurahan",
    "hour": "2026-11-24T02:00:00+00:00",
}
FULL = {element.value: 3 for element in Element}


def test_a_full_rating_has_nine_elements() -> None:
    assert len(Element) == 9
    assert Rating.model_validate({**RATING, "scores": FULL}).full


def test_a_quick_one_has_one_score() -> None:
    assert not Rating.model_validate({**RATING, "scores": {OVERALL: HIGHEST}}).full


@pytest.mark.parametrize("score", [LOWEST - 1, HIGHEST + 1])
def test_a_score_outside_the_scale_is_refused(score: int) -> None:
    with pytest.raises(ValidationError):
        Rating.model_validate({**RATING, "scores": {OVERALL: score}})


@pytest.mark.parametrize(
    "scores", [{}, {"requirements": 4}, {**FULL, OVERALL: 4}, {**FULL, "tenth": 1}], ids=["none", "one", "both", "ten"]
)
def test_parts_of_a_survey_are_refused(scores: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Rating.model_validate({**RATING, "scores": scores})
