"""A map: a screen drawn as a picture, with its fields declared under it.

    class XFER01(Map):
        picture = '''
         Amount . . .[amount       ]   {message                          }
        '''
        amount = Entry(Decimal, edit="ZZ,ZZZ,ZZ9.99", cursor=True)

`XFER01.show(...)` says what to send, `XFER01.receive(...)` gives back what the operator sees. A field
that is drawn and not declared holds plain text.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from monitor.exchange import Aid, Received, Send
from screens.declaration import Declared, check_words, declare
from screens.errors import MapError, NotOnScreen, UnfitValue, nearest
from screens.field import Field, Look, Rows
from screens.key_line import KeyHint, key_hints
from screens.layout import Layout

MAPS: dict[str, type[Map]] = {}
"""Every map declared in this process, by name."""

_MISSING = object()


class _NotDrawn:
    """Stands in for what a map knows of its fields where there is no picture to know them from."""

    def __get__(self, form: Map | None, owner: type[Map]) -> Declared:
        raise MapError(owner.__name__, "it has no picture: draw it, picture = ..., or use a map that has one")


class Map:
    """The base of every map; a subclass without a picture of its own is a base of others."""

    picture: ClassVar[str] = ""
    rows: ClassVar[int] = 24
    columns: ClassVar[int] = 80
    constants: ClassVar[Mapping[int | str, Look]] = {}
    """How constants look: those of a row by its number, one of them by its text."""

    layout: ClassVar[Layout]
    keys: ClassVar[Mapping[Aid, KeyHint]] = {}
    """What the keys do, as the picture says it (`F3=Exit`)."""
    _declared: ClassVar[Declared] = cast("Declared", _NotDrawn())
    _module: ClassVar[ModuleType | None] = None
    """That was being imported when the map was declared."""
    _given: Mapping[str, object] = {}
    """What the program put in a field, by name."""
    _lists: Mapping[str, list[Any]] = {}
    _errors: dict[str, str] | None
    _received: Received
    _texts: Mapping[str, str]

    def __init_subclass__(cls, *, registry: dict[str, type[Map]] | None = MAPS, **options: Any) -> None:
        super().__init_subclass__(**options)
        check_words(cls)
        if "picture" not in cls.__dict__:
            return
        name = cls.__name__
        if registry is not None and name in registry and registry[name]._is_there():
            other = registry[name].__module__
            raise MapError(name, f"{other} declares a map of this name too: rename one of them")
        cls._module = sys.modules.get(cls.__module__)
        cls._declared = declare(
            cls, reserved=frozenset(dir(Map)).union(Map.__annotations__, Map.show.__kwdefaults__ or ())
        )
        cls.layout = cls._declared.layout
        cls.keys = key_hints(cls.layout)
        for field_name, field in cls._declared.members.items():
            setattr(cls, field_name, field)
        if registry is not None:
            registry[name] = cls

    @classmethod
    def _is_there(cls) -> bool:
        """False once the import of its module has failed: that may be tried again, and declares it anew."""
        return sys.modules.get(cls.__module__) is cls._module

    def __init__(self, received: Received) -> None:
        self.__dict__.update(_received=received, _texts=received.values, _errors=None)

    if not TYPE_CHECKING:  # by it, a form has the attributes that are declared

        def __setattr__(self, name: str, value: object) -> None:
            members = self._declared.members
            if name in members:
                self.give(name, value)
            elif name.startswith("_") or hasattr(type(self), name):
                super().__setattr__(name, value)
            else:
                raise MapError(type(self).__name__, f"no field {name}: {nearest(name, members)}")

    @classmethod
    def receive(cls, received: Received) -> Self:
        """What the operator sees in this map's fields: the screen's values overlaid by the input."""
        return cls(received.of(cls.__name__) if received.panels else received)

    @property
    def modified(self) -> frozenset[str]:
        """The fields of this map that came with the input."""
        return self._received.modified & self._declared.items.keys()

    @property
    def empty(self) -> bool:
        """True when nothing of this map came in: a short read (Clear, PA keys), or no field was changed."""
        return self._received.aid.short or self._received.modified.isdisjoint(self._declared.items)

    @property
    def errors(self) -> dict[str, str]:
        """A sentence for every entry field with a mistake, or not on the screen, by field name, in tab order."""
        errors = self._errors
        if errors is None:
            texts, known = self._texts, self.__dict__
            known["_errors"] = errors = {}
            for name, field in self._declared.entries:
                text = texts.get(name)
                if text is None:
                    if not self._was_shown(name):
                        errors[name] = field.unseen()
                        continue
                    text = ""
                value, fault = field.examined(text)
                known.setdefault(name, value)
                if fault:
                    errors[name] = fault
        return errors

    @property
    def first_error(self) -> str:
        """The first field in tab order with a mistake; empty when there is none."""
        return next(iter(self.errors), "")

    def text(self, name: str) -> str:
        """What stands in a field, as it was typed or shown; NotOnScreen if the screen did not have it."""
        if name not in self._declared.items:
            raise MapError(type(self).__name__, f"no field {name}: {nearest(name, self._declared.items)}")
        if name in self._texts:
            return self._texts[name]
        if self._was_shown(name):
            return ""
        others = not self._texts.keys().isdisjoint(self._declared.items)
        raise NotOnScreen(type(self).__name__, name.partition(".")[0], others=others)

    def _was_shown(self, name: str) -> bool:
        """True if a field was on the screen that was answered; of a repeated one, if any of its rows was."""
        member = self._declared.members[name.partition(".")[0]]
        names = [field.name for field in member.fields] if isinstance(member, Rows) else [name]
        return not self._texts.keys().isdisjoint(names)

    def value_of(self, field: Field[Any]) -> object:
        """The typed value of one of this map's fields; NotOnScreen if the screen did not have it."""
        name, known = field.name, self.__dict__
        if name not in known and self._errors is None and field.entry:
            _ = self.errors  # reads all that were typed
        if name not in known:
            text = self._texts.get(name)
            known[name] = field.value(self.text(name) if text is None else text)
        return known[name]

    def list_of(self, group: Rows[Any]) -> list[Any]:
        """The typed values of a repeated field: always the same list, so that a program may change it."""
        if group.name not in self._lists:
            self._keep_list(group.name, [self.value_of(field) for field in group.fields])
        return self._lists[group.name]

    def _keep_list(self, name: str, values: list[Any]) -> None:
        self._lists = {**self._lists, name: values}

    def give(self, name: str, value: object) -> None:
        """Put another value in a field, to be shown with the next `show`."""
        member = self._declared.members[name]
        if isinstance(member, Rows):
            value = _filled(type(self).__name__, member, value)
            self._keep_list(name, value)
        else:
            self.__dict__[name] = value
        self._given = {**self._given, name: value}

    @classmethod
    def show(
        cls,
        source: object = None,
        /,
        *,
        cursor: str | int | None = None,
        attributes: Mapping[str, Look] | None = None,
        erase: bool = True,
        data_only: bool = False,
        reset_modified: bool = False,
        alarm: bool = False,
        **values: object,
    ) -> Send:
        """Say what to show: the attributes of `source` that are called as fields are, then `values`.

        `source` is a received map or any object, such as an area; what `values` has is not read from it. Values
        are edited as their fields say. Hidden fields are never filled.
        """
        try:
            if source is None:
                texts: dict[str, str] = {}
            elif isinstance(source, Map):
                texts = cls._texts_of_form(source, values)
            else:
                texts = cls._texts_of_object(source, values)
            if values:
                cls._write(texts, values)
        except UnfitValue as error:
            raise MapError(cls.__name__, str(error)) from error
        return Send(
            cls.__name__,
            texts,
            attributes or {},
            None if cursor == "" else cursor,
            erase,
            data_only,
            reset_modified,
            alarm,
        )

    @classmethod
    def _texts_of_form(cls, form: Map, said: Mapping[str, object]) -> dict[str, str]:
        """What a received map shows: as it stands, and what was typed as the map would write it.

        What the program gave the form, and has `said` otherwise now, is left out.
        """
        seen, declared = form._texts, cls._declared
        carried = declared.carried
        try:
            texts = dict(zip(carried, map(seen.__getitem__, carried), strict=True))
        except KeyError:  # not the screen of this map alone
            texts = {name: seen[name] for name in carried if name in seen}
        for name in form._received.masked:  # this map may display what that one does not
            texts.pop(name, None)
        items, errors = declared.items, form._errors
        known = form.__dict__ if errors is not None and type(form) is cls else {}
        if form._given:
            known = {name: value for name, value in known.items() if name not in form._given}
        for name in form._received.modified:
            if name in texts:
                read = name in known and name not in (errors or ())
                texts[name] = items[name].written(known[name]) if read else items[name].rewritten(texts[name])
        if form._given:
            own_form = type(form) is cls
            given = {name: value for name, value in form._given.items() if own_form or name in items}
            cls._write(texts, {name: value for name, value in given.items() if name not in said})
        for name, values in form._lists.items():
            if name in said:
                continue
            own, theirs = declared.members.get(name), form._declared.members[name]
            if isinstance(own, Rows) and isinstance(theirs, Rows):
                for field, origin, value in zip(own.fields, theirs.fields, values, strict=False):
                    if value != origin.value(seen.get(origin.name, "")):
                        texts[field.name] = field.written(value)
        return texts

    @classmethod
    def _texts_of_object(cls, source: object, said: Mapping[str, object]) -> dict[str, str]:
        """What the attributes of an object show, without those that are `said` otherwise."""
        if isinstance(source, str):
            raise MapError(cls.__name__, f"a text cannot fill it: {source!r}; say which field it is for")
        if isinstance(source, dict):
            raise MapError(cls.__name__, f"a dict cannot fill it: write {cls.__name__}.show(**values)")
        found = (
            (name, getattr(source, name, _MISSING)) for name in cls._declared.members if name not in said
        )
        texts: dict[str, str] = {}
        cls._write(texts, {name: value for name, value in found if value is not _MISSING})
        return texts

    @classmethod
    def _write(cls, texts: dict[str, str], values: Mapping[str, object]) -> None:
        declared = cls._declared
        shown = declared.shown
        for name, value in values.items():
            if name in shown:
                texts[name] = value if type(value) is str else shown[name].written(value)
                continue
            if name in declared.items:
                continue
            group = declared.members.get(name)
            if not isinstance(group, Rows):
                raise MapError(cls.__name__, f"no field {name}: {nearest(name, declared.members)}")
            for row, row_value in zip(group.fields, _filled(cls.__name__, group, value), strict=True):
                texts[row.name] = row.written(row_value)


def _filled(map_name: str, group: Rows[Any], value: object) -> list[Any]:
    """One value for each row of a repeated field, None for the rows below the last."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise MapError(map_name, f"{group.name} is drawn on {len(group.fields)} rows: give a list of values")
    missing = len(group.fields) - len(value)
    if missing < 0:
        raise MapError(map_name, f"{group.name} has {len(group.fields)} rows, not {len(value)}: cut the list")
    return [*value, *([None] * missing)]
