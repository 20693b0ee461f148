"""The maps of the bank."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from screens.field import Entry, Output, Rows
from transactions.house import HouseMap

_MONEY = "ZZZ,ZZZ,ZZ9.99"
_SIGNED_MONEY = "ZZZ,ZZZ,ZZ9.99-"


class ACCT01(HouseMap):
    """An account and its balance."""

    picture = """
     ACCT01               A C C O U N T   I N Q U I R Y         {user    }{terminal}

     Type an account number, then press Enter.


     Account  . . . .[number    ]
     Owner  . . . . .{owner                         }
     Balance  . . . .{balance       }














    {message                                                                       }
     Enter=Show  F3=Exit  F6=Statement  F12=Back
    """
    number = Entry(digits=8, label="Account", required=True, cursor=True, highlight="underscore")
    owner = Output(color="turquoise")
    balance = Output(Decimal, edit=_MONEY, color="turquoise")


class XFER01(HouseMap):
    """The transfer form."""

    picture = """
     XFER01               F U N D S   T R A N S F E R           {user    }{terminal}

     Type both accounts, the amount and a reference, then press Enter to check.


     From account . .[source    ] {source_owner                  }
     To account . . .[target    ] {target_owner                  }
     Amount . . . . .[amount          ]
     Reference  . . .[reference           ]


                         Balance before   Balance after
     From account       {source_before } {source_after  }
     To account         {target_before } {target_after  }








    {message                                                                       }
     Enter=Check  F3=Exit  F5=Post  F12=Back
    """
    source = Entry(digits=8, label="From account", required=True, cursor=True, highlight="underscore")
    target = Entry(digits=8, label="To account", required=True, highlight="underscore")
    amount = Entry(Decimal, edit=_MONEY, required=True, minimum=Decimal("0.01"), highlight="underscore")
    reference = Entry(highlight="underscore")
    source_owner = Output(color="turquoise")
    target_owner = Output(color="turquoise")
    source_before = Output(Decimal, edit=_MONEY, color="turquoise")
    source_after = Output(Decimal, edit=_MONEY, color="turquoise")
    target_before = Output(Decimal, edit=_MONEY, color="turquoise")
    target_after = Output(Decimal, edit=_MONEY, color="turquoise")


class STMT01(HouseMap):
    """A page of the lines of an account, the latest first."""

    picture = """
     STMT01         S T A T E M E N T   O F   A C C O U N T     {user    }{terminal}

     Account  . . . .[number    ] {owner                         }

     Date         Entry                                   Amount           Balance
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }
    {day       } {entry                        } {amount         } {balance        }

    {lines                         }
    {message                                                                       }
     Enter=Show  F3=Exit  F7=Later  F8=Earlier  F12=Back
    """
    constants: ClassVar = {**HouseMap.constants, 5: {"intensity": "bright", "color": "neutral"}}
    number = Entry(digits=8, label="Account", required=True, cursor=True, highlight="underscore")
    owner = Output(color="turquoise")
    day = Rows(Output())
    entry = Rows(Output(color="turquoise"))
    amount = Rows(Output(Decimal, edit=_SIGNED_MONEY))
    balance = Rows(Output(Decimal, edit=_SIGNED_MONEY))
    lines = Output(color="blue")
