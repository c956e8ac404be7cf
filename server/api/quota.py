"""429 for a kiosk that sends or asks more than a kiosk does."""

from server.api.errors import ApiError, try_later
from server.deps import Deps
from server.fleet.quotas import Quota


def within(deps: Deps, kiosk_id: str, quota: Quota, number: int = 1) -> None:
    """Raises ApiError; nothing was taken then, and the kiosk keeps what it has."""
    if seconds := deps.quotas.spend(kiosk_id, quota, number):
        raise over(quota, seconds)


def over(quota: Quota, seconds: int) -> ApiError:
    return try_later(429, "quota", f"this kiosk has used up its {quota.value.replace('_', ' ')}", seconds)
