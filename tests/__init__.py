"""Everything that is promised, tried."""

import gc

gc.set_threshold(20_000, 20, 20)  # importing and answering make thousands of things, few in circles
