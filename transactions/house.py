"""The house look of the supplied maps: title row, message row 23, key line row 24, and how messages look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from monitor.exchange import Send
from monitor.task import Task
from screens.field import Look, Output
from screens.map import Map


class HouseMap(Map):
    """The base of the supplied maps."""

    constants: ClassVar[Mapping[int | str, Look]] = {
        1: {"intensity": "bright", "color": "neutral"},
        24: {"color": "turquoise"},
    }
    user = Output(color="blue")
    terminal = Output(color="blue")
    message = Output(carried=False, color="green", intensity="bright")

    @classmethod
    def page(cls, task: Task[Any], source: object = None, /, *, say: str = "", **values: Any) -> Send:
        """The map with `say` in its message row."""
        return cls.show(source, user=task.user, terminal=task.terminal, message=say, **values)

    @classmethod
    def mistake(cls, task: Task[Any], source: object, field: str, message: str, /, **values: Any) -> Send:
        """The map with a red message and the cursor in the field at fault, which is red as well."""
        return cls.show(
            source,
            cursor=field,
            attributes={"message": {"color": "red"}, field: {"color": "red"}} if field else _RED_MESSAGE,
            user=task.user,
            terminal=task.terminal,
            message=message,
            **values,
        )

    @classmethod
    def unused_key(cls, task: Task[Any], /) -> Send:
        """The map as it came back, with what to say to a key the transaction has no use for."""
        return cls.mistake(task, task.receive(cls), "", no_function(task))


_RED_MESSAGE: Mapping[str, Look] = {"message": {"color": "red"}}


def no_function(task: Task[Any]) -> str:
    """What to say to a key the transaction has no use for."""
    return f"{task.aid} does nothing here; the keys that do are on the last row"
