"""An answer is to stand: whether people who were filled in would go by it is asked first."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.citizen.application.form_model import FormModel

Going = Callable[[], None]


class Settling:
    """Belongs to one model of a form's pages, which leaves its fields and pages through this."""

    def __init__(self, model: "FormModel") -> None:
        self._model = model
        #: Where the citizen was going when they were asked.
        self._going: Going | None = None

    def asks(self, going: Going | None = None) -> bool:
        """Whether the citizen is asked; ``going`` goes on when the people may go."""
        fewer = self._model.session.answering.settle()
        if fewer is None:
            return False
        self._going = going
        self._model.flow.fewer.ask(fewer, self.decide)
        return True

    def decide(self, go: bool) -> None:
        """They may go, and the citizen goes on; or the answer that was there before is back."""
        going, self._going = self._going, None
        if go:
            self._model.session.answering.let_go()
            if going is not None:
                going()
        else:
            self._model.put_back(self._model.session.answering.keep_members())
        self._model.tell()
