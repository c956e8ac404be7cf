"""XLSForms: converted, checked with places that an author finds, and compared."""

from forms.authoring.comparison import Difference, compare
from forms.authoring.conversion import Converted, convert
from forms.authoring.problems import AuthoringProblem
from forms.authoring.unsupported import NEVER_ANSWERED

__all__ = ["NEVER_ANSWERED", "AuthoringProblem", "Converted", "Difference", "compare", "convert"]
