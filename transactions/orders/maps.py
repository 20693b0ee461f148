"""The map of order entry."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from screens.field import Entry, Output, Rows
from transactions.house import HouseMap


class ORDR01(HouseMap):
    """An order of up to eight items."""

    picture = """
     ORDR01                 O R D E R   E N T R Y               {user    }{terminal}

     Type the customer and up to eight items, then press Enter to check and total.
     Item numbers are in INVB, such as 20010.

     Customer . . . .[customer                      ]

        Item      Qty    Name                                  Price         Amount
     1 [item   ] [qty ] {name                          } {price     } {amount      }
     2 [item   ] [qty ] {name                          } {price     } {amount      }
     3 [item   ] [qty ] {name                          } {price     } {amount      }
     4 [item   ] [qty ] {name                          } {price     } {amount      }
     5 [item   ] [qty ] {name                          } {price     } {amount      }
     6 [item   ] [qty ] {name                          } {price     } {amount      }
     7 [item   ] [qty ] {name                          } {price     } {amount      }
     8 [item   ] [qty ] {name                          } {price     } {amount      }

                                                               Total  {total       }




    {message                                                                       }
     Enter=Check  F3=Exit  F5=Post  F12=Back
    """
    constants: ClassVar = {**HouseMap.constants, 8: {"intensity": "bright", "color": "neutral"}}
    customer = Entry(required=True, cursor=True, highlight="underscore")
    item = Rows(Entry(digits=5, highlight="underscore"))
    quantity = Rows(Entry(int, edit="ZZ9", drawn_as="qty", minimum=1, highlight="underscore"))
    name = Rows(Output(carried=False, color="turquoise"))
    price = Rows(Output(Decimal, edit="ZZZ,ZZ9.99", carried=False, color="turquoise"))
    amount = Rows(Output(Decimal, edit="Z,ZZZ,ZZ9.99", carried=False, color="turquoise"))
    total = Output(Decimal, edit="Z,ZZZ,ZZ9.99", carried=False, color="neutral", intensity="bright")
