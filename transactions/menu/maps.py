"""The map of the menu."""

from __future__ import annotations

from screens.field import Entry, Output, Rows
from transactions.house import HouseMap


class MENU01(HouseMap):
    """The list of transactions, and the place to choose one."""

    picture = """
     MENU01                     M A I N   M E N U               {user    }{terminal}

     Type a number or a transaction code, then press Enter.


         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }
         {no}{code} {title                                                       }


     Selection  . . .[choice  ]


    {message                                                                       }
     Enter=Select  F3=Exit
    """
    number = Rows(Output(drawn_as="no", color="turquoise"))
    code = Rows(Output(color="neutral", intensity="bright"))
    title = Rows(Output())
    choice = Entry(uppercase=True, cursor=True, highlight="underscore")


class MENU02(HouseMap):
    """What stays on the screen once the menu was left: nothing runs, and a code begins the next thing."""

    picture = """
     MENU02                     G O O D - B Y E                 {user    }{terminal}

     The session is over, and everything is stored.


     To begin again, type a transaction code such as MENU, then press Enter.

     Transaction  . .[code  ]














    {message                                                                       }
     Enter=Begin
    """
    code = Entry(uppercase=True, cursor=True, highlight="underscore")
