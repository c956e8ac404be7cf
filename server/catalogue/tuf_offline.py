"""Roles of the packs' repository whose keys lie elsewhere: what they sign is asked for, signed and brought back.

What travels is TUF metadata as they are, first without enough signatures, then with: ``request`` here, ``sign`` where the
key is (it needs nothing but this file and the key), ``check`` and ``TufRepository.install`` here again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from securesystemslib.signer import SSlibKey
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Targets
from tuf.api.serialization import DeserializationError
from tuf.api.serialization.json import JSONSerializer

from server.catalogue.tuf import ROLES, TufRepository, next_root, read_signer


class Unacceptable(ValueError):
    """The metadata cannot be put in force; the message says why."""


@dataclass(frozen=True)
class NewKeys:
    """What a new root changes: the public keys of a role, all of them, and how many have to sign."""

    role: str
    #: As ``public_document`` writes them.
    keys: tuple[Mapping[str, Any], ...]
    threshold: int = 1


def public_document(private: Path) -> dict[str, Any]:
    """The public half of a key as JSON: what a new root is made with."""
    key = read_signer(private).public_key
    return {"keyid": key.keyid, **key.to_dict()}


def request_root(repository: TufRepository, changes: Sequence[NewKeys], now: datetime) -> Metadata[Root]:
    """The next root, signed by nobody yet. Raises Unacceptable."""
    root: Metadata[Root] | None = repository.newest("root")
    if root is None:
        raise Unacceptable("there is no root yet; it is made with the first pack")
    asked = next_root(root, now)
    for change in changes:
        if change.role not in ROLES:
            raise Unacceptable(f"{change.role!r} is no role; these are: {', '.join(ROLES)}")
        if not 1 <= change.threshold <= len(change.keys):
            raise Unacceptable(f"{change.role}: {change.threshold} of {len(change.keys)} keys cannot be asked for")
        for key_id in list(asked.signed.roles[change.role].keyids):
            asked.signed.revoke_key(key_id, change.role)
        for description in change.keys:
            asked.signed.add_key(_key(description), change.role)
        asked.signed.roles[change.role].threshold = change.threshold
    return asked


def sign(content: bytes, private: Path) -> bytes:
    """The metadata with one more signature. Raises Unacceptable and OSError."""
    metadata = read(content)
    try:
        signer = read_signer(private)
    except ValueError as error:
        raise Unacceptable(f"{private} is no key of 32 bytes") from error
    metadata.sign(signer, append=True)
    return metadata.to_bytes(JSONSerializer())


def describe(content: bytes) -> list[str]:
    """What somebody signs, in words."""
    metadata = read(content)
    signed = metadata.signed
    lines = [f"{signed.type} version {signed.version}, good until {signed.expires.isoformat()}"]
    if isinstance(signed, Root):
        for name, role in signed.roles.items():
            ids = ", ".join(one[:16] for one in role.keyids)
            lines.append(f"{name}: {role.threshold} of {len(role.keyids)} keys: {ids}")
    elif isinstance(signed, Targets):
        for name, target in signed.targets.items():
            custom = target.unrecognized_fields.get("custom", {})
            rings = ", ".join(custom.get("rings", ()))
            lines.append(f"{name} for {rings}, {target.length} bytes, sha256 {target.hashes['sha256']}")
    lines.append(f"signed by: {', '.join(one[:16] for one in metadata.signatures) or 'nobody'}")
    return lines


def check(repository: TufRepository, contents: Sequence[bytes]) -> dict[str, Metadata[Any]]:
    """By role, what may be put in force together. Raises Unacceptable."""
    given: dict[str, Metadata[Any]] = {}
    for content in contents:
        metadata = read(content)
        given[metadata.signed.type] = metadata
    if not given or set(given) - {"root", "targets"}:
        raise Unacceptable("root and targets are signed elsewhere, the others here")
    old: Metadata[Root] | None = repository.newest("root")
    if old is None:
        raise Unacceptable("there is no root yet; it is made with the first pack")
    root = _check_root(old, given["root"]) if "root" in given else old
    targets: Metadata[Targets] | None = given.get("targets") or repository.newest("targets")
    if targets is not None:
        _check_targets(root, targets, repository, new="targets" in given)
    for role in ("snapshot", "timestamp"):
        if not repository.holds_key(role, root.signed) or root.signed.roles[role].threshold != 1:
            raise Unacceptable(f"{role} is signed here, with one key: the root names one that is not at this server")
    return given


def read(content: bytes) -> Metadata[Any]:
    """Raises Unacceptable."""
    try:
        return Metadata.from_bytes(content)
    except DeserializationError as error:
        raise Unacceptable("the file is not TUF metadata") from error


def _check_root(old: Metadata[Root], new: Metadata[Root]) -> Metadata[Root]:
    if new.signed.version != old.signed.version + 1:
        raise Unacceptable(f"root {old.signed.version} is in force, {new.signed.version} cannot follow it")
    result = new.signed.get_root_verification_result(old.signed, new.signed_bytes, new.signatures)
    for name, half in (("old", result.first), ("new", result.second)):
        if not half.verified:
            raise Unacceptable(f"signed by {len(half.signed)} of the {half.threshold} {name} root keys that it takes")
    return new


def _check_targets(root: Metadata[Root], targets: Metadata[Targets], repository: TufRepository, *, new: bool) -> None:
    try:
        root.verify_delegate("targets", targets)
    except RepositoryError as error:
        raise Unacceptable(
            "the targets are not signed by the keys that the root names"
            + ("" if new else "; the new root changes them: give the targets signed by the new key as well")
        ) from error
    if new:
        newest: Metadata[Targets] | None = repository.newest("targets")
        if newest is not None and targets.signed.version <= newest.signed.version:
            raise Unacceptable(f"targets {newest.signed.version} are in force, {targets.signed.version} are older")


def _key(description: Mapping[str, Any]) -> SSlibKey:
    values = dict(description)
    try:
        return SSlibKey.from_dict(values.pop("keyid"), values)
    except (KeyError, TypeError, ValueError) as error:
        raise Unacceptable("a key is not as `tuf new-key` writes it") from error


def changes_from(text: str) -> list[NewKeys]:
    """Of a JSON list of {role, keys: [texts of public files], threshold}. Raises Unacceptable."""
    try:
        return [
            NewKeys(one["role"], tuple(json.loads(key) for key in one["keys"]), int(one["threshold"]))
            for one in json.loads(text or "[]")
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Unacceptable("a key is not as `tuf new-key` writes it") from error
