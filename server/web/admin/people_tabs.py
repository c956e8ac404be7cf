"""The tabs that accounts, areas and the demands on a sign-in share."""

from typing import Any, Final

from server.web.frame.visitor import Visitor

_TABS: Final = (("accounts", "/admin/officers"), ("areas", "/admin/areas"), ("sign_in", "/admin/sign-in"))


def tabs(visitor: Visitor) -> list[dict[str, Any]]:
    here = visitor.request.url.path
    return [{"key": key, "path": path, "current": here.startswith(path)} for key, path in _TABS]
