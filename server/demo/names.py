"""The people of the story: names as Dutch people have them, none of them real."""

from dataclasses import dataclass

from server.people.rules import Name, fold
from tables.people import FormOfAddress, NameUse

ADDRESSES = {"mw": FormOfAddress.madam, "dhr": FormOfAddress.sir, "": FormOfAddress.neutral}
USES = {"": NameUse.own, "p": NameUse.partner, "po": NameUse.partner_own, "op": NameUse.own_partner}
PROVINCES = {
    **{"Groningen": "GR", "Leeuwarden": "FR", "Assen": "DR", "Zwolle": "OV", "Enschede": "OV"},
    **{"Almere": "FL", "Arnhem": "GE", "Nijmegen": "GE", "Utrecht": "UT", "Amersfoort": "UT"},
    **{"Amsterdam": "NH", "Haarlem": "NH", "Alkmaar": "NH", "Rotterdam": "ZH", "Leiden": "ZH"},
    **{"Den Haag": "ZH", "Middelburg": "ZE", "Eindhoven": "NB", "Tilburg": "NB", "Breda": "NB"},
    **{"Maastricht": "LI", "Venlo": "LI"},
}

# address | initials | first name | prefix | surname | of the partner: prefix | surname | use | city
FIXED = {
    "bestuur": "mw|C.E.|Carla|de|Wit||||Utrecht",
    "lid": "mw|A.M.|Anna|van der|Berg||||Amersfoort",
    "voorzitter": "dhr|B.|Bram|'t|Hart||||Zwolle",
    "commissie": "mw|F.|Fatima||El Amrani||||Rotterdam",
    "spreker": "mw|E.J.|Els||Vermeulen||||Leiden",
}
MEMBERS = """
mw|N.C.|Noor|van der|Sluis||Jongsma|po|Groningen
dhr|J.W.|Jan Willem|de|Vries||||Leeuwarden
mw|M.J.|Marieke|van den|Heuvel||||Eindhoven
mw|S.|Sanne||Bakker||Visser|op|Haarlem
dhr|P.A.|Pieter||Janssen||||Nijmegen
mw|H.|Hanneke||Dijkstra||||Groningen
dhr|R.|Rachid||Bouzid||||Utrecht
mw|L.M.|Lotte|van|Dijk||||Amsterdam
mw|E.|Elif||Yılmaz||||Rotterdam
dhr|T.H.|Thijs||Mulder||||Assen
mw|I.|Ingrid|ter|Horst||Bos|p|Enschede
dhr|K.|Koen|van de|Ven||||Tilburg
mw|J.M.|Josien||Smit||||Alkmaar
mw|A.|Aisha||Rahmani||||Den Haag
dhr|G.J.|Gert-Jan||Hoekstra||||Leeuwarden
mw|W.|Willemijn|van|Leeuwen||de Graaf|po|Leiden
dhr|D.|Daan||Peters||||Maastricht
mw|C.|Chantal||Willems||||Venlo
dhr|M.|Maarten|in 't|Veld||||Arnhem
mw|B.E.|Bente||Kuipers||||Zwolle
mw|R.|Roos|de|Jong||||Utrecht
dhr|S.|Sjoerd||Postma||||Leeuwarden
mw|Y.|Yasmina||Haddad||||Amsterdam
mw|F.M.|Femke||Schouten||||Breda
dhr|A.J.|Arjan|van der|Meer||||Almere
mw|K.|Karin||Brouwer||van Dam|op|Amersfoort
dhr|O.|Omar||Aziz||||Rotterdam
mw|T.|Tessa|van|Beek||||Haarlem
mw|G.|Gerda||Vos||||Middelburg
dhr|W.J.|Wouter||Timmermans||||Eindhoven
mw|D.|Dilara||Kaya||||Arnhem
dhr|H.P.|Henk|de|Boer||||Groningen
mw|M.|Mirjam||Jacobs||||Maastricht
mw|P.|Pauline|du|Pré||||Den Haag
dhr|E.|Erik||Sanders||||Nijmegen
mw|J.|Jolanda||Kok||||Alkmaar
dhr|L.|Lars||Hendriks||||Venlo
mw|V.|Vera||Molenaar||||Leiden
mw|S.A.|Suzanne|van|Vliet||Prins|po|Rotterdam
dhr|F.|Floris||Blom||||Utrecht
mw|E.M.|Eva||Maas||||Tilburg
dhr|J.|Jeroen|van den|Broek||||Breda
mw|A.C.|Annemiek||Huisman||||Enschede
mw|N.|Naomi||Nijhuis||||Zwolle
dhr|V.|Victor||Łuczak||||Den Haag
mw|L.|Lieke|van der|Laan||||Amsterdam
mw|M.H.|Mieke||Verhoeven||||Eindhoven
dhr|C.J.|Cees||Koster||||Haarlem
mw|H.M.|Heleen||Driessen||||Nijmegen
mw|R.|Renske||Wiersma||||Assen
dhr|B.|Bas||Scholten||||Arnhem
mw|I.|Iris||Evers||||Maastricht
mw|O.|Olga||Petrova||||Amersfoort
dhr|M.|Mohammed||Idrissi||||Almere
mw|T.J.|Tineke||Zijlstra||||Groningen
mw|S.|Simone||Øster||||Middelburg
"""
CONTACTS = """
dhr|R.|Ruud||Hermans||||Utrecht
mw|P.|Petra||Groen||||Arnhem
mw|A.|Astrid|van|Rijn||||Leiden
dhr|T.|Tom||Verbeek||||Breda
mw|J.|Joke||Wolters||||Zwolle
mw|D.|Daphne|ten|Cate||||Amsterdam
dhr|N.|Niels||Kramer||||Haarlem
mw|M.|Monique||Peeters||||Venlo
"""


@dataclass(frozen=True)
class Character:
    """Somebody in the story, with the address at which they sign in."""

    name: Name
    email: str
    city: str

    @property
    def columns(self) -> dict[str, object]:
        """The columns of `person`."""
        given = {"email": self.email, "city": self.city, "province": PROVINCES[self.city]}
        return vars(self.name) | given


def fixed() -> dict[str, Character]:
    """Role → the person who plays it, always at the same address."""
    return {role: _character(line, role) for role, line in FIXED.items()}


def members() -> list[Character]:
    """The members beside the fixed ones."""
    return [_character(line) for line in MEMBERS.strip().splitlines()]


def contacts() -> list[Character]:
    """People whom the network knows, but who are not members."""
    return [_character(line) for line in CONTACTS.strip().splitlines()]


def _character(line: str, mailbox: str = "") -> Character:
    address, initials, first, prefix, surname, between, partner, use, city = line.split("|")
    *joined, last = partner.split(" ") if partner else [""]
    name = Name(
        surname=surname,
        initials=initials,
        first_name=first,
        prefix=prefix,
        partner_prefix=between or " ".join(joined),
        partner_surname=last,
        name_use=USES[use],
        form_of_address=ADDRESSES[address],
    )
    return Character(name, f"{mailbox or _mailbox(name)}@example.org", city)


def _mailbox(name: Name) -> str:
    words = f"{name.first_name} {name.prefix} {name.surname}".replace("'", "").replace("-", " ")
    return ".".join(fold(words).split())
