"""The maps of the help desk."""

from __future__ import annotations

from typing import ClassVar

from screens.field import Entry, Output, Rows
from transactions.house import HouseMap


class TKTQ01(HouseMap):
    """The queue of tickets, each with a place for a line command."""

    picture = """
     TKTQ01               H E L P   D E S K   Q U E U E         {user    }{terminal}

     Type T to take a ticket or S to show it, then press Enter.

          No.    Priority Status   Agent      Summary
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }
    [o ] {no  } {prio  } {status} {agent   } {summary                             }

    {parked                                                                        }
    {lines                                                                         }
    {message                                                                       }
     Enter=Do  F3=Exit  F7=Up  F8=Down  F9=Resume  F12=Back
    """
    constants: ClassVar = {**HouseMap.constants, 5: {"intensity": "bright", "color": "neutral"}}
    option = Rows(Entry(drawn_as="o", uppercase=True, highlight="underscore"))
    number = Rows(Output(int, edit="ZZZ9", drawn_as="no", intensity="bright", color="neutral"))
    priority = Rows(Output(drawn_as="prio"))
    status = Rows(Output())
    agent = Rows(Output(color="turquoise"))
    summary = Rows(Output(color="turquoise"))
    parked = Output(color="yellow")
    lines = Output(color="blue")


class TKTQ02(HouseMap):
    """One ticket, and the notes of the agent who took it."""

    picture = """
     TKTQ02              H E L P   D E S K   T I C K E T        {user    }{terminal}

     Type notes, then press Enter to save them.


     Ticket . . . . .{no  }
     Priority . . . .{priority}
     Status . . . . .{status  } {agent   }
     Opened . . . . .{opened          }
     Customer . . . .{customer        }
     Summary  . . . .{summary                           }

     Notes  . . . . .[note                                                        ]
                     [note                                                        ]
                     [note                                                        ]
                     [note                                                        ]
                     [note                                                        ]





    {message                                                                       }
     Enter=Save  F3=Exit  F4=Release  F5=Solve  F9=Park  F12=Back
    """
    number = Output(int, drawn_as="no", intensity="bright", color="neutral")
    priority = Output(color="turquoise")
    status = Output(color="turquoise")
    agent = Output(color="turquoise")
    opened = Output(color="turquoise")
    customer = Output(color="turquoise")
    summary = Output(color="turquoise")
    note = Rows(Entry(cursor=True, highlight="underscore"))
