"""Layouts of screens that another process stored: learnt from the store when a screen needs them."""

from __future__ import annotations

from monitor.errors import StoreError
from monitor.exchange import Presentation
from monitor.loader import Loader
from monitor.store import Key


async def learn(presentation: Presentation, loader: Loader, screen: str) -> None:
    """Take in every layout `screen` needs that this process has not learnt yet."""
    for layout in presentation.unknown(screen):
        (stored,) = await loader.read((Key("layout", layout),))
        if stored is None:
            raise StoreError(
                f"the store has no layout {layout}, which a stored screen needs; run `entracte doctor`"
            )
        presentation.learn(layout, stored.row[1])
