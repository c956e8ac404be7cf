"""``python -m server tuf``: a root with a key that never saw the server, from the first request to the last check."""

from pathlib import Path

from typer.testing import CliRunner, Result

from server.__main__ import cli
from server.settings import ServerSettings


def tuf(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["tuf", *map(str, arguments)])


def test_root_and_targets_move_to_keys_that_lie_offline(sqlite_settings: ServerSettings, tmp_path: Path) -> None:
    data, usb = sqlite_settings.data, tmp_path / "usb"
    usb.mkdir()
    root, targets = usb / "root.key", usb / "targets.key"
    for key in (root, targets):
        assert tuf("new-key", key).exit_code == 0
        assert key.stat().st_mode & 0o777 == 0o600
    assert tuf("new-key", root).exit_code == 1
    new_root, new_targets = tmp_path / "root.json", tmp_path / "targets.json"
    keys = ["--key", f"root={root}.pub", "--key", f"targets={targets}.pub"]
    asked = tuf("request", "root", "--out", new_root, *keys, "--data", data)
    assert (asked.exit_code, "signed by: nobody" in asked.stdout) == (0, True), asked.output
    tuf("request", "targets", "--out", new_targets, "--data", data)
    for file, key in ((new_root, data / "keys" / "tuf-root.key"), (new_root, root), (new_targets, targets)):
        assert tuf("sign", file, "--key", key).exit_code == 0
    installed = tuf("install", new_root, new_targets, "--data", data)
    assert (installed.exit_code, installed.stdout.strip()) == (0, "in force: root 2, targets 3"), installed.output
    states = dict(line.split(": ", 1) for line in tuf("status", "--data", data).stdout.splitlines())
    assert {role: state.rpartition(" ")[2] for role, state in states.items()} == {
        "root": "offline",
        "targets": "offline",
        "snapshot": "here",
        "timestamp": "here",
    }


def test_an_order_without_the_folder_of_services_leaves_the_packs_to_their_city(
    sqlite_settings: ServerSettings, tmp_path: Path
) -> None:
    """It listed them anew for the sample city once, and no kiosk took another pack."""
    targets = sorted((sqlite_settings.data / "packs" / "metadata").glob("*.targets.json"))
    assert CliRunner().invoke(cli, ["enrol-code", "Kios", "--data", str(sqlite_settings.data)]).exit_code == 0
    assert sorted((sqlite_settings.data / "packs" / "metadata").glob("*.targets.json")) == targets


def test_mistakes_are_put_in_words_and_change_nothing(sqlite_settings: ServerSettings, tmp_path: Path) -> None:
    data, out = sqlite_settings.data, tmp_path / "out.json"
    no_key = tmp_path / "short.key"
    no_key.write_bytes(b"short")
    mistakes = [
        (("request", "snapshot", "--out", out, "--data", data), "root and targets"),
        (("request", "root", "--out", out, "--key", "root=nowhere.pub", "--data", data), "ROLE=FILE.pub"),
        (("request", "root", "--out", out, "--threshold", "root=2", "--data", data), "ROLE=N"),
        (("request", "root", "--out", out, "--key", f"root={no_key}", "--data", data), "tuf new-key"),
        (("show", no_key), "not TUF metadata"),
        (("sign", no_key, "--key", no_key), "nothing was signed"),
    ]
    for arguments, words in mistakes:
        result = tuf(*arguments)
        assert (result.exit_code, words in result.output) == (1, True), (arguments, result.output)
    assert not out.exists()
