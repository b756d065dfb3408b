"""People whom we knew before get the province in which their postcode lies.

The stretches are those of `server.people.provinces` on the day on which this was written.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T22:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "The province follows the postcode"

STRETCHES = """
1000 NH 1300 FL 1380 NH 1390 UT 1394 NH 1395 UT 1397 NH 1426 UT 1428 ZH 1430 NH 2159 ZH 2165 NH
2166 ZH 3382 UT 3465 ZH 3467 UT 3651 ZH 3654 UT 3770 GE 3795 UT 3837 GE 3889 FL 3900 UT 3925 GE
3926 UT 4000 GE 4120 UT 4147 GE 4163 UT 4170 GE 4200 ZH 4211 GE 4213 ZH 4214 GE 4220 ZH 4230 UT
4240 ZH 4242 UT 4250 NB 4300 ZE 4600 NB 4672 ZE 4680 NB 4682 ZE 4700 NB 5300 GE 5336 NB 5766 LI
5818 NB 5850 LI 6020 NB 6030 LI 6500 GE 6584 LI 6600 GE 7400 OV 7439 GE 7440 OV 7740 DR 7767 OV
7800 DR 7950 OV 7956 DR 8000 OV 8050 GE 8055 OV 8070 GE 8100 OV 8160 GE 8196 OV 8200 FL 8260 OV
8300 FL 8323 OV 8350 DR 8355 OV 8380 DR 8388 FR 9300 DR 9350 GR 9400 DR 9479 GR 9480 DR 9500 GR
9510 DR 9540 GR 9564 DR 9565 GR 9570 DR 9580 GR 9654 DR 9660 GR 9749 DR 9750 GR 9760 DR 9770 GR
9850 FR 9860 GR 9870 FR 9880 GR
"""
FILL = """UPDATE person SET province = found.code
  FROM (SELECT start, code, lead(start, 1, 10000) OVER (ORDER BY start) AS next
    FROM unnest(ARRAY[{starts}], ARRAY[{codes}]) AS stretch (start, code)) AS found
  WHERE country = 'NL' AND postcode ~ '^[0-9]{{4}}' AND province <> found.code
  AND left(postcode, 4) BETWEEN found.start::text AND (found.next - 1)::text"""


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


async def forwards() -> MigrationManager:
    """Fill in the provinces; there is no way back, and no need of one."""
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        words = STRETCHES.split()
        codes = ", ".join(f"'{code}'" for code in words[1::2])
        await Statement.raw(FILL.format(starts=", ".join(words[::2]), codes=codes))

    manager.add_raw(run)
    return manager
