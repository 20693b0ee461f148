"""The map of the revaluation."""

from __future__ import annotations

from decimal import Decimal

from screens.field import Entry, Output, Rows
from transactions.house import HouseMap


class NUMS01(HouseMap):
    """What to compute, in which way, and what each way took."""

    picture = """
     NUMS01            L O A N   R E V A L U A T I O N          {user    }{terminal}

     Type how many loans, a yearly rate and a way, then press Enter to compute.


     Loans  . . . . .[loans   ]
     Rate, percent  .[rate  ]
     Way  . . . . . .[way]      1 plain Python in a thread of its own
                                2 NumPy, all loans at once
                                3 plain Python in other processes, all cores


     Way                       Loans      Rate               Worth  Millisec.
    {done_way            }{done_loans}{done_rate}{done_worth          }{done_ms   }
    {done_way            }{done_loans}{done_rate}{done_worth          }{done_ms   }
    {done_way            }{done_loans}{done_rate}{done_worth          }{done_ms   }






    {message                                                                       }
     Enter=Compute  F3=Exit
    """
    loans = Entry(int, edit="ZZZZZZ9", label="Loans", required=True, cursor=True, highlight="underscore")
    rate = Entry(Decimal, edit="Z9.99", label="Rate", required=True, highlight="underscore")
    way = Entry(digits=1, label="Way", required=True, highlight="underscore")
    done_way = Rows(Output(color="turquoise"))
    done_loans = Rows(Output(int, edit="Z,ZZZ,ZZ9"))
    done_rate = Rows(Output(Decimal, edit="Z9.99"))
    done_worth = Rows(Output(Decimal, edit="ZZ,ZZZ,ZZZ,ZZ9.99"))
    done_ms = Rows(Output(Decimal, edit="ZZZ,ZZ9.9"))
