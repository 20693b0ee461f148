"""What a process that does nothing but run a region asks of the interpreter. Commands call it, libraries do not.

Measured on the bank's transfer, Python 3.11, two cores: the collector's settings 11 % more steps a second at 1,000
terminals. A switch interval of 0.2 ms gave 5 % more at 1,000 and cost 5 % of CPU at 100; 1 ms costs nothing.
"""

from __future__ import annotations

import gc
import sys

YOUNG_OBJECTS_MAX = 20_000
SWITCH_INTERVAL_S = 0.001


def tune_process() -> None:
    """Collect garbage less often, never look at what start-up made, and let the store's threads in sooner."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 50, 50)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
