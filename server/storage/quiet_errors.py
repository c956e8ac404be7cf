"""What a database's errors tell: the statement and the rule that was broken, never a value. PostgreSQL puts whole rows into
its details."""

from typing import Any

from sqlalchemy import Engine, event


def tell_no_values(engine: Engine) -> None:
    """Errors of this engine carry no values; it must have been made with ``hide_parameters`` as well."""

    @event.listens_for(engine, "handle_error")
    def _first_line_only(context: Any) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args and isinstance(error.args[0], str):
                # What follows the first line are details: the values that clashed, or the row that failed.
                error.args = (error.args[0].partition("\n")[0], *error.args[1:])
