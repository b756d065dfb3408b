"""In which province a Dutch postcode lies. Pure.

By the four digits, as of 1 January 2025. The stretches are those of
https://nl.wikipedia.org/wiki/Postcodes_in_Nederland, with all of Vijfheerenlanden (Lexmond,
Meerkerk, Leerdam) in Utrecht, where it went in 2019, and with Arkel and Woerdense Verlaat in
Zuid-Holland. Digits that are not in use get the province around them.
"""

from bisect import bisect_right

from server.people.rules import fold

# The first postcode of each stretch, and the province until the next.
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
FROM = [int(word) for word in STRETCHES.split() if word.isdecimal()]
CODES = [word for word in STRETCHES.split() if word.isalpha()]
NAMES = {
    **{"groningen": "GR", "friesland": "FR", "fryslan": "FR", "drenthe": "DR", "overijssel": "OV"},
    **{"flevoland": "FL", "gelderland": "GE", "utrecht": "UT", "noordholland": "NH"},
    **{
        "zuidholland": "ZH",
        "zeeland": "ZE",
        "noordbrabant": "NB",
        "brabant": "NB",
        "limburg": "LI",
    },
}


def of_postcode(postcode: str, country: str = "NL") -> str:
    """The code of the province, `UT`; "" of no postcode, or of one elsewhere."""
    digits = postcode[:4]
    if country != "NL" or not (digits.isascii() and digits.isdecimal() and len(digits) == 4):
        return ""
    place = bisect_right(FROM, int(digits))
    return CODES[place - 1] if place else ""


def named(written: str) -> str | None:
    """The code of a province by its name or code, as people write it; None if there is none."""
    plain = "".join(c for c in fold(written) if c.isalnum())
    code = NAMES.get(plain, plain.upper())
    return code if code in CODES else None
