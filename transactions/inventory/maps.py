"""The maps of the inventory."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from screens.field import Entry, Output, Rows
from transactions.house import HouseMap


class INVB01(HouseMap):
    """A page of items, each with a place for a line command."""

    picture = """
     INVB01              I N V E N T O R Y   B R O W S E        {user    }{terminal}

     Type an item number or the beginning of a name to go there,
     or S to show or U to update the item on a line; then press Enter.

     Go to  . . . . .[find                          ]

          Item     Name                                  Price          Stock
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    [o ] {number} {name                          } {price     }     {stock   }
    {lines                                                                         }
    {message                                                                       }
     Enter=Go  F3=Exit  F7=Up  F8=Down  F12=Back
    """
    constants: ClassVar = {**HouseMap.constants, 8: {"intensity": "bright", "color": "neutral"}}
    find = Entry(uppercase=True, cursor=True, carried=False, highlight="underscore")
    option = Rows(Entry(drawn_as="o", uppercase=True, highlight="underscore"))
    number = Rows(Output(intensity="bright", color="neutral"))
    name = Rows(Output())
    price = Rows(Output(Decimal, edit="ZZZ,ZZ9.99", color="turquoise"))
    stock = Rows(Output(int, edit="ZZZ,ZZ9", color="turquoise"))
    lines = Output(color="blue")


class INVB02(HouseMap):
    """One item, shown or to be updated."""

    picture = """
     INVB02                I N V E N T O R Y   I T E M          {user    }{terminal}

     Type a new price or a new stock, then press Enter.


     Item . . . . . .{number}
     Name . . . . . .{name                          }
     Price  . . . . .[price       ]
     Stock  . . . . .[stock     ]













    {message                                                                       }
     Enter=Update  F3=Exit  F12=Back
    """
    number = Output(intensity="bright", color="neutral")
    name = Output(color="turquoise")
    price = Entry(Decimal, edit="ZZZ,ZZ9.99", required=True, cursor=True, highlight="underscore")
    stock = Entry(int, edit="ZZZ,ZZ9", required=True, highlight="underscore")
