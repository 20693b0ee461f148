"""The map of the diagnostic transaction: one field of each kind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from screens.attributes import Outline, Validation
from screens.field import Entry, Look, Output, Rows
from transactions.house import HouseMap

_BOX = Outline.UNDER | Outline.RIGHT | Outline.OVER | Outline.LEFT
_SAMPLES: dict[int | str, Look] = {
    "blue": {"color": "blue"},
    "red": {"color": "red"},
    "pink": {"color": "pink"},
    "green": {"color": "green"},
    "turquoise": {"color": "turquoise"},
    "yellow": {"color": "yellow"},
    "neutral": {"color": "neutral"},
    "bright": {"intensity": "bright"},
    "reverse": {"highlight": "reverse"},
    "blink": {"highlight": "blink"},
    "underscore": {"highlight": "underscore"},
}


class DIAG01(HouseMap):
    """Fields to type in, and what came of them with the last key."""

    picture = """
     DIAG01                   D I A G N O S T I C               {user    }{terminal}

     Press any key, to see what it sends. F3 twice in a row leaves.

     Key  . . . .{key   }    Cursor  . . .{where                                   }

     Field        Type here      At     Received       In hex
     plain  . . .[plain       ] {at  } {got         } {hex                     }
     digits . . .[digits      ] {at  } {got         } {hex                     }
     decimal  . .[decimal     ] {at  } {got         } {hex                     }
     day  . . . .[day         ] {at  } {got         } {hex                     }
     numeric  . .[numeric     ] {at  } {got         } {hex                     }
     hidden . . .[hidden      ] {at  } {got         } {hex                     }
     upper  . . .[upper       ] {at  } {got         } {hex                     }
     preset . . .[preset      ] {at  } {got         } {hex                     }
     must_fill  .[must_fill   ] {at  } {got         } {hex                     }
     must_enter .[must_enter  ] {at  } {got         } {hex                     }
     trigger  . .[trigger     ] {at  } {got         } {hex                     }

     Colours:     blue  red  pink  green  turquoise  yellow  neutral
     Highlights:  bright  reverse  blink  underscore {outlined}

    {message                                                                       }
     Enter=Show  F3=Exit
    """
    constants: ClassVar = {
        **HouseMap.constants,
        **_SAMPLES,
        7: {"intensity": "bright", "color": "neutral"},
    }
    outlined = Output(initial="outlined", outline=_BOX)
    key = Output(intensity="bright", color="neutral")
    where = Output(color="turquoise")
    plain = Entry(cursor=True, highlight="underscore")
    digits = Entry(digits=8, highlight="underscore")
    decimal = Entry(Decimal, edit="ZZ,ZZ9.99-", highlight="underscore")
    day = Entry(date, highlight="underscore")
    numeric = Entry(numeric=True, highlight="underscore")
    hidden = Entry(hidden=True, highlight="underscore")
    upper = Entry(uppercase=True, highlight="underscore")
    preset = Entry(modified=True, initial="as sent", highlight="underscore")
    must_fill = Entry(validation=Validation.MUST_FILL, highlight="underscore")
    must_enter = Entry(
        validation=Validation.MUST_ENTER, modified=True, initial="as sent", highlight="underscore"
    )
    trigger = Entry(validation=Validation.TRIGGER, highlight="underscore")
    at = Rows(Output(int, carried=False, color="turquoise"))
    got = Rows(Output(carried=False, color="turquoise"))
    hex = Rows(Output(carried=False, color="turquoise"))
