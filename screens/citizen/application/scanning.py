"""What the scanner reads while a page of a form is in sight, and the question it goes to."""

from typing import TYPE_CHECKING

from forms import Node
from kiosk.events import Scanned
from kiosk.ports import ScanKind
from screens.citizen.follow_up.answers import Control, control_of, is_scanned
from screens.citizen.follow_up.purpose import asks_nik
from screens.navigation.scans import OURS, meaning_of

if TYPE_CHECKING:
    from screens.citizen.application.form_model import FormModel


def take(model: "FormModel", event: Scanned) -> bool:
    """It goes to a question that asks for it: the code of a document, or somebody's NIK.

    That is the one being typed into, else the first blank one of the page. All others keep what stands in them.
    False: none asks for it.
    """
    scans = model.flow.scans
    if event.kind == ScanKind.STAFF_BADGE:
        return False
    node = _wants(model, event)
    if node is not None:
        taken = _put(model, node, event)
        key, kind = ("form.scan.taken", "success") if taken else ("form.scan.unfit", "warning")
        scans.tell(key, kind, what=node.label or "")
        model.tell()
    elif _is_photographing(model):
        scans.saw_in_photo(event)
    else:
        return False
    return True


def _put(model: "FormModel", node: Node, event: Scanned) -> bool:
    """False, and nothing changed, when the field cannot hold it."""
    read = "".join(character for character in event.text if character.isprintable()).strip()
    taken = model.entry(node).put((event.nik or "") if asks_nik(node) else read)
    if taken:
        model.session.answering.scanned(node.ref)
        if model.focus is not None:
            model.focus_on(node)
    model.revealed = node.ref
    return taken


def _wants(model: "FormModel", event: Scanned) -> Node | None:
    asked = [node for node in model.questions if is_scanned(node) or (event.nik and asks_nik(node))]
    typed_into = [node for node in asked if model.focus is not None and node.ref == model.focus.ref]
    # What is ours is no document's code, unless somebody means it.
    ours = meaning_of(event, model.session.catalogue) in OURS
    blank = [node for node in asked if not ours and not model.entry(node).text]
    return next(iter(typed_into + blank), None)


def _is_photographing(model: "FormModel") -> bool:
    """What is before the camera lies there to be photographed."""
    photos = [node for node in model.questions if control_of(node) is Control.PHOTO]
    return any(model.attachment(node.ref) is None and node.ref not in model.doubtful for node in photos)
