"""XLSForms: converted, checked with places that an author finds, and compared."""

from forms.authoring.comparison import Difference, compare
from forms.authoring.conversion import Converted, convert
from forms.authoring.problems import AuthoringProblem

__all__ = ["AuthoringProblem", "Converted", "Difference", "compare", "convert"]
