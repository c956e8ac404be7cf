"""The kiosk's package: the frozen program, its locked session, and what keeps the rest of the machine out of reach."""

from pathlib import Path
from typing import Final

from tools.packages.needs import ROOT
from tools.packages.tree import DEPLOY, PLAIN, PROGRAM, UNITS, Tree, least_libc

FILES: Final = DEPLOY / "kiosk"
PROGRAM_FOLDER: Final = "usr/lib/ekios/kiosk"
#: Beside the program that PyInstaller made, what starts it.
LAUNCHER: Final = "launcher"
LAUNCHER_FOLDER: Final = "usr/lib/ekios/launcher"
#: File of deploy/kiosk, its place, its mode. What the administrator changes lies in /etc and is never overwritten unasked.
PLACES: Final = (
    ("ekios-kiosk.service", f"{UNITS}/ekios-kiosk.service", PLAIN),
    ("ekios-kiosk-firewall.service", f"{UNITS}/ekios-kiosk-firewall.service", PLAIN),
    ("login-only-in-maintenance.conf", f"{UNITS}/getty@.service.d/ekios-kiosk.conf", PLAIN),
    ("login-only-in-maintenance.conf", f"{UNITS}/serial-getty@.service.d/ekios-kiosk.conf", PLAIN),
    ("login-only-in-maintenance.conf", f"{UNITS}/console-getty.service.d/ekios-kiosk.conf", PLAIN),
    ("kiosk-session", "usr/lib/ekios/kiosk-session", PROGRAM),
    ("kiosk-program", "usr/lib/ekios/kiosk-program", PROGRAM),
    ("ekios-kiosk", "usr/sbin/ekios-kiosk", PROGRAM),
    ("kiosk.nft", "usr/lib/ekios/kiosk.nft", PLAIN),
    ("xorg.conf", "usr/share/X11/xorg.conf.d/90-ekios-kiosk.conf", PLAIN),
    ("keyboards.rules", "usr/lib/udev/rules.d/90-ekios-kiosk-keyboards.rules", PLAIN),
    ("journald.conf", "usr/lib/systemd/journald.conf.d/ekios-kiosk.conf", PLAIN),
    ("logind.conf", "usr/lib/systemd/logind.conf.d/ekios-kiosk.conf", PLAIN),
    ("sysctl.conf", "usr/lib/sysctl.d/90-ekios-kiosk.conf", PLAIN),
    ("modprobe.conf", "usr/lib/modprobe.d/ekios-kiosk.conf", PLAIN),
    ("polkit.rules", "usr/share/polkit-1/rules.d/ekios-kiosk.rules", PLAIN),
    ("sysusers.conf", "usr/lib/sysusers.d/ekios-kiosk.conf", PLAIN),
    ("tmpfiles.conf", "usr/lib/tmpfiles.d/ekios-kiosk.conf", PLAIN),
    ("pam", "etc/pam.d/ekios-kiosk", PLAIN),
    ("grub.cfg", "etc/default/grub.d/ekios-kiosk.cfg", PLAIN),
    ("kiosk.env", "etc/ekios/kiosk.env", PLAIN),
)
DEPENDS: Final = (
    # the program
    *("libgl1", "libgl1-mesa-dri", "libegl1", "libmtdev1", "espeak-ng"),
    # its session
    *("xserver-xorg-core", "xserver-xorg-input-libinput", "xauth", "x11-xkb-utils", "util-linux"),
    # the machine around it
    *("systemd (>= 252)", "udev", "dbus", "libpam-systemd", "polkitd", "nftables", "kbd"),
)


def kiosk_tree(folder: Path, program: Path, *, server: str = "", version: str = "") -> Tree:
    """Lays the package into ``folder``: ``program`` is the folder that PyInstaller made. With ``server``, the city's address,
    a technician types a code and nothing else."""
    tree = Tree(
        folder,
        "ekios-kiosk",
        depends=(least_libc(), *DEPENDS),
        recommends=("cage", "xwayland"),
        suggests=("usbguard", "overlayroot", "chrony"),
        about="self-service kiosk for public services\n The kiosk's program in a locked session, its firewall and its rules.",
    )
    tree.version = version or tree.version
    tree.lay_folder(program, PROGRAM_FOLDER)
    if (program.parent / LAUNCHER).is_dir():
        tree.lay_folder(program.parent / LAUNCHER, LAUNCHER_FOLDER)
    tree.lay(ROOT / "devices" / "frame" / "udev" / "60-ekios.rules", "usr/lib/udev/rules.d/60-ekios.rules")
    for name, place, mode in PLACES:
        tree.lay(FILES / name, place, mode)
    # Ctrl+Alt+Delete starts no machine anew.
    tree.link("etc/systemd/system/ctrl-alt-del.target", "/dev/null")
    if server:
        settings = tree.folder / "etc/ekios/kiosk.env"
        settings.write_text(
            settings.read_text(encoding="utf-8").replace("EKIOS_SERVER=\n", f"EKIOS_SERVER={server}\n"),
            encoding="utf-8",
        )
    tree.close(FILES)
    return tree
