"""Which images a PDF page shows, in paint order: painted ones with their place, then those only reachable.

Looks into form XObjects, tiling patterns, soft-mask groups and annotation appearances, each once, so cycles
and exponential nesting cost nothing. Terms as in ISO 32000-2, 8.9 (images), 8.10 (forms), 8.7.3 (patterns).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Matrix, Name, Object, Stream

_INLINE = "BI ID EI"
_OPERATORS = f"q Q cm Do gs scn SCN {_INLINE}"
_FORM_DEPTH = 24
_PAINTED = 20_000
"""Paint operations looked at on one page; images beyond are still found, without their place."""

Key = tuple[int, int, int]
_Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


@dataclass(frozen=True, slots=True)
class Shown:
    """An image on a page.

    ``key`` names the object in its file (number, generation, and 0 or the ordinal of an inline image in it).
    ``place`` takes the unit square to the page, in points, or is ``None`` where that is not known.
    """

    key: Key
    stream: Object
    place: Matrix | None


@dataclass(frozen=True, slots=True)
class PageImages:
    """Every distinct image of a page in order, all places where they are painted, and whether all is read."""

    images: tuple[Shown, ...]
    shown: int
    """How many of ``images``, the first ones, are shown; the rest is only listed among the resources."""
    painted: tuple[Shown, ...]
    complete: bool


def images_of(pdf: pikepdf.Pdf, page: pikepdf.Page) -> PageImages:
    """Find the images of a page."""
    finder = _Finder(pdf)
    finder.content(page.obj, _resources(page), Matrix(), depth=0)
    painted = tuple(finder.painted)
    finder.appearances(page.obj)
    shown = len(finder.images)
    finder.reachable(page.obj, _resources(page))
    return PageImages(tuple(finder.images.values()), shown, painted, finder.complete)


def _resources(page: pikepdf.Page) -> Object | None:
    try:
        return page.resources
    except (AttributeError, KeyError, TypeError, ValueError, pikepdf.PdfError):
        return None


class _Finder:
    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._walked: set[tuple[int, int]] = set()
        self.images: dict[Key, Shown] = {}
        self.painted: list[Shown] = []
        self.complete = True

    def content(self, holder: Object, resources: Object | None, matrix: Matrix | None, depth: int) -> None:
        """Follow one content stream; ``matrix`` is ``None`` where places mean nothing."""
        if holder.objgen in self._walked or depth > _FORM_DEPTH:
            return
        if holder.is_indirect:
            self._walked.add(holder.objgen)
        try:
            instructions = _instructions(holder, resources)
        except (pikepdf.PdfError, TypeError, ValueError):
            # a page without content is a blank page, not a damaged one
            self.complete &= not isinstance(holder, Stream) and "/Contents" not in holder
            return
        stack, inline = [], 0
        for instruction in instructions:
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                inline += 1
                self._inline(instruction.iimage, (*holder.objgen, inline), resources, matrix)
                continue
            operator, operands = str(instruction.operator), instruction.operands
            if operator == "q":
                stack.append(matrix)
            elif operator == "Q":
                matrix = stack.pop() if stack else matrix
            elif operator == "cm":
                matrix = _concatenated(operands, matrix)
            elif operands and isinstance(operands[-1], Name):
                self._named(operator, operands[-1], resources, matrix, depth)

    def _named(
        self, operator: str, name: Object, resources: Object | None, matrix: Matrix | None, depth: int
    ) -> None:
        if operator == "Do":
            self._do(_resource(resources, "/XObject", name), resources, matrix, depth)
        elif operator == "gs":
            group = _get(_get(_resource(resources, "/ExtGState", name), "/SMask"), "/G")
            self._form(group, resources, None, depth)
        else:
            self._form(_resource(resources, "/Pattern", name), resources, None, depth)

    def _do(self, target: Object | None, resources: Object | None, matrix: Matrix | None, depth: int) -> None:
        if not isinstance(target, Stream):
            return
        if _get(target, "/Subtype") == Name.Image:
            self._meet(Shown((*target.objgen, 0), target, matrix))
        elif _get(target, "/Subtype") == Name.Form:
            own = _get(target, "/Matrix")
            self._form(target, resources, matrix if own is None else _concatenated(own, matrix), depth)

    def _form(self, form: Object | None, resources: Object | None, matrix: Matrix | None, depth: int) -> None:
        if isinstance(form, Stream):
            own = _get(form, "/Resources")
            self.content(form, resources if own is None else own, matrix, depth + 1)

    def _inline(
        self, image: pikepdf.PdfInlineImage, key: Key, resources: Object | None, matrix: Matrix | None
    ) -> None:
        stream = Stream(self._pdf, image.read_raw_bytes())
        for name, value in image.obj.items():
            if name != "/Length":
                stream[name] = value
        space = _get(stream, "/ColorSpace")
        if isinstance(space, Name) and (named := _resource(resources, "/ColorSpace", space)) is not None:
            stream[Name.ColorSpace] = named
        self._meet(Shown(key, stream, matrix))

    def _meet(self, shown: Shown) -> None:
        self.images.setdefault(shown.key, shown)
        if len(self.painted) < _PAINTED:
            self.painted.append(shown)

    def appearances(self, page: Object) -> None:
        """Follow what the page's annotations show."""
        for annotation in _items(_get(page, "/Annots")):
            for state in _values(_get(annotation, "/AP")):
                for form in [state] if isinstance(state, Stream) else list(_values(state)):
                    self._form(form, None, None, 0)

    def reachable(self, page: Object, resources: Object | None) -> None:
        """Meet the images that resources list and nothing paints; pages often share such lists."""
        masks: set[Key] = set()
        rest: list[Shown] = []
        waiting: list[Object | None] = [resources]
        waiting += [form for a in _items(_get(page, "/Annots")) for form in _values(_get(a, "/AP"))]
        seen: set[tuple[int, int]] = set()
        while waiting:
            node = waiting.pop(0)
            if not isinstance(node, Dictionary | Stream) or (node.is_indirect and node.objgen in seen):
                continue
            seen.add(node.objgen)
            if _get(node, "/Subtype") == Name.Image and isinstance(node, Stream):
                masks |= {
                    (*m.objgen, 0) for m in (_get(node, "/SMask"), _get(node, "/Mask")) if m is not None
                }
                rest.append(Shown((*node.objgen, 0), node, None))
                continue
            waiting += _inside(node)
        for shown in rest:
            if shown.key not in masks:
                self.images.setdefault(shown.key, shown)


def _instructions(holder: Object, resources: Object | None) -> list[_Instruction]:
    """The instructions that matter; drawings of a million lines but no images are not followed at all."""
    if any(isinstance(node, Stream) for node in _inside(resources)):
        return pikepdf.parse_content_stream(holder, operators=_OPERATORS)
    inline = pikepdf.parse_content_stream(holder, operators=_INLINE)
    return pikepdf.parse_content_stream(holder, operators=_OPERATORS) if inline else []


def _inside(node: Object | None) -> Iterator[Object | None]:
    """What a resource dictionary, a form, a pattern or a dictionary of appearances leads to."""
    if isinstance(node, Stream):
        yield _get(node, "/Resources")
        return
    for category in ("/XObject", "/Pattern"):
        yield from _values(_get(node, category))
    for state in _values(_get(node, "/ExtGState")):
        yield _get(_get(state, "/SMask"), "/G")
    yield from (value for value in _values(node) if isinstance(value, Stream))


def _concatenated(operands: object, matrix: Matrix | None) -> Matrix | None:
    try:
        return None if matrix is None else Matrix(*[float(n) for n in operands]) @ matrix  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return None


def _resource(resources: Object | None, category: str, name: Object) -> Object | None:
    return _get(_get(resources, category), str(name))


def _get(node: object, key: str) -> Object | None:
    """A value of a dictionary or stream, or ``None`` if there is none or ``node`` is neither."""
    if not isinstance(node, Dictionary | Stream):
        return None
    value = node.get(key)
    return value if isinstance(value, Object) else None


def _values(node: object) -> list[Object]:
    if not isinstance(node, Dictionary) or isinstance(node, Stream):
        return []
    return [value for _, value in sorted(node.items()) if isinstance(value, Object)]


def _items(node: object) -> list[Object]:
    return [item for item in node if isinstance(item, Object)] if isinstance(node, Array) else []
