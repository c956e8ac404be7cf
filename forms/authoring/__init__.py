"""XLSForms: converted, and checked with places that an author finds."""

from forms.authoring.conversion import Converted, convert
from forms.authoring.problems import AuthoringProblem
from forms.authoring.unsupported import NEVER_ANSWERED

__all__ = ["NEVER_ANSWERED", "AuthoringProblem", "Converted", "convert"]
