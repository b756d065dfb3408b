"""The interface of Piccolo Admin in the reader's language, with the few things it lacks.

Piccolo Admin 1.14 comes as one built script. Its version is pinned, so the script is known to the
byte: we serve our own copy, in which sentences without a translation key are translated and a
handful of places are changed (CHANGES, each with its reason). Nothing runs beside it: no inline
script, nothing to allow in the Content-Security-Policy. Decision 0008; `tests/admin/test_seams.py`
fails when a new version says something else.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import piccolo_admin
from piccolo_admin.translations.data import ENGLISH
from piccolo_admin.translations.models import Translation

from server import language

DIST = Path(piccolo_admin.__file__).parent / "dist"
NAMES = {"nl": "Nederlands", "en": "English"}
COLOURS = {"#3889ce": "#0f5f6b", "#009dff": "#0f6b77", "#61a1d8": "#2c7f8a", "#33b1ff": "#2c7f8a"}
WORD = re.compile("§(.+?)§")


class InterfaceChanged(Exception):
    """The installed Piccolo Admin is not the version that we know."""


@dataclass(frozen=True)
class Change:
    """`old` stands in the script `times` times; §words§ in `new` are translated and quoted."""

    old: str
    new: str
    times: int = 1


SENTENCES = {
    "Successfully saved row": 1,
    "Successfully added row": 1,
    "Successfully updated rows": 1,
    "Successfully deleted row": 2,
    "Successfully deleted rows": 1,
    "Successfully applied filter": 1,
    "Successfully cleared filters": 1,
    "The form has errors.": 3,
    "Invalid column name or value": 1,
    "Unable to delete the row.": 1,
    "Method not supported - running in read only mode.": 1,
    "The server can't be reached - please try later.": 1,
    "Are you sure you want to logout?": 1,
    "Are you sure you want to delete this row?": 1,
    "Are you sure you want to delete the selected rows?": 1,
    "Type here to filter": 1,
    "Click for more info": 1,
    "Click to toggle children.": 1,
    "Edit Row": 1,
    "Delete Row": 1,
    "Delete selected Rows": 1,
    "Bulk Update": 1,
    "Show tables": 1,
    "Hide tables": 1,
    "Show links": 1,
    "Hide links": 1,
    "Equals": 1,
    "Not Equal": 1,
    "Less Than": 1,
    "Less Than or Equal To": 1,
    "Greater Than": 1,
    "Greater Than or Equal To": 1,
    " All ": 2,
    " Null ": 2,
    " True ": 1,
    " False ": 1,
    " Load more": 1,
    " Add sort column": 1,
    "All": 3,
    "None": 2,
}

CHANGES = (
    Change('alert("Page not found")', "alert(§Page not found§)"),
    Change('U0("Error",-1)', "U0(§Error§,-1)"),
    Change('selectResult(null,"Null")', 'selectResult(null,"")'),
    Change('t0("code",null,"NULL",-1)', 't0("span",null,"–",-1)'),
    Change('this.value===null?"NULL":""', 'this.value===null?§empty§:""'),
    Change('"of "+M0(e.pageCount)', '§of§+" "+M0(e.pageCount)'),
    Change("`${c} per page`", "c+§ per page§"),
    Change("`Select a row from ${e.readableTableName}`", '§Select from§+" "+e.readableTableName'),
    Change(
        "confirm(`Are you sure you want to delete row ${e}?`)",
        "confirm(§Are you sure you want to delete this row?§)",
    ),
    Change("`Problem fetching ${o} rows.`", "§Problem fetching rows.§"),
    Change(
        "value:r},M0(r),9,bT",
        "value:r},M0({contains:§contains§,exact:§exact§,starts:§starts§,ends:§ends§}[r]),9,bT",
    ),
    # Names of tables and columns come from the server, in words.
    Change('M0(e.$t("Edit"))+" "+M0(e.readable(e.tableName))', "M0(e.schema.extra.edit_title)"),
    Change('M0(e.$t("Add"))+" "+M0(e.readable(e.tableName))', "M0(e.schema.extra.new_title)"),
    Change("M0(s.tableName)", "M0(s.tableTitle)"),
    Change("M0(s.columnName)", "M0(s.columnTitle)"),
    Change("M0(e.schema.extra.primary_key_name)", "M0(e.schema.extra.primary_key_title)"),
    Change(
        '(M,b)=>(Z(),p0("option",{key:b,value:b},M0(b),9,z_))',
        '(M,b)=>!M.extra.edit||M.extra.quiet||b[0]=="_"?h0("",!0):(Z(),p0("option",{key:b,value:b},M0(M.title),9,z_))',
    ),
    # A form shows the columns meant for it; fixed ones are closed, and closed ones are not sent.
    Change(
        'Q0(e.schema.properties,(b,l)=>{var z,A;return Z(),p0("div",{key:l},[',
        "Q0(Object.fromEntries(Object.entries(e.schema.properties).filter(([,f])=>"
        "e.row.id?f.extra.edit:f.extra.new)),(b,l)=>{var z,A;return Z(),"
        'p0(e.row.id&&b.extra.fixed?"fieldset":"div",{key:l,'
        'disabled:e.row.id&&b.extra.fixed?"":null,class:b.extra.quiet?"quiet":null},[',
    ),
    # Of the states only those are offered that one can go to.
    Change(
        "choices:b.extra.choices,isMediaColumn",
        "choices:(e.row._choices||{})[l]||b.extra.choices,isMediaColumn",
    ),
    # What is not possible at a desk is hidden by CSS.
    Change(
        "updateSchema(e,t){e.schema=t}",
        "updateSchema(e,t){e.schema=t;document.body.className=t.extra.closed}",
    ),
    # After saving, the form holds the row as it is now, with its new revision.
    Change(
        'await this.$store.dispatch("updateRow",n);var r=',
        'await this.$store.dispatch("updateRow",n);await this.fetchData();var r=',
    ),
    # From a row to its page on the site.
    Change(
        'M0(e.schema.extra.edit_title),1),t0("p",null,[',
        'M0(e.schema.extra.edit_title),1),e.selectedRow&&e.selectedRow._page?(Z(),p0("a",'
        '{key:7,class:"page",href:e.selectedRow._page},e.selectedRow._page_words,8,["href"]))'
        ':h0("",!0),t0("p",null,[',
    ),
    # Where the clock names no moment, its hands are sent, and the server says so. Of two moments
    # one is chosen, in the place of Piccolo's choice of a zone; until then the hands are sent too.
    Change(
        'c=P1(""),a=P1(localStorage.getItem(Gs)??"UTC")',
        'c=P1(""),w=P1(""),g=P1(!1),a=P1("Europe/Amsterdam"),'
        "f=p=>[-36e5,0,36e5].map(d=>Oo.tz(p,a.value).valueOf()+d)"
        ".filter(d=>Oo.tz(d,a.value).format(s.value)===p).map(d=>new Date(d).toISOString()),"
        "l=p=>{if(!p||p.length<17)return;const h=Oo.tz(p,a.value).format(s.value),k=f(h);"
        'w.value=k.length<2?"":Date.parse(p)<Date.parse(k[1])?"first":"second";c.value=h}',
    ),
    Change(
        'w1(c,p=>{i("update",Oo.tz(p,a.value).toISOString())}),w1(a,p=>{n.value&&'
        "(c.value=Oo.tz(n.value,p).format(s.value))}),xe(()=>{n.value&&"
        "(c.value=Oo.tz(n.value,a.value).format(s.value))}),w1(n,p=>{p&&"
        "(c.value=Oo.tz(p,a.value).format(s.value))}),(p,M)=>",
        "w1([c,w],([p,d])=>{const k=p?f(p):[];g.value=k.length>1;"
        'i("update",p?(g.value?{first:k[0],second:k[1]}[d]:k[0])??p:null)}),'
        "xe(()=>l(n.value)),w1(n,l),(p,M)=>",
    ),
    Change(
        'x0(t0("select",{"onUpdate:modelValue":M[1]||(M[1]=b=>a.value=b)},[(Z(!0),p0(W0,null,Q0('
        'le(Oo).tz.names(),b=>(Z(),p0("option",{value:b,key:b},M0(b),9,WT))),128))],512),'
        "[[be,a.value]])",
        'g.value?x0((Z(),p0("select",{key:0,"onUpdate:modelValue":M[1]||(M[1]=b=>w.value=b)},['
        't0("option",{value:""},§Which one?§),'
        't0("option",{value:"first"},§the first (summer time)§),'
        't0("option",{value:"second"},§the second (winter time)§)],512)),[[be,w.value]])'
        ':h0("",!0)',
    ),
    # Times are of Amsterdam, whatever the browser thinks.
    Change('localStorage.getItem(Gs)??"UTC"', '"Europe/Amsterdam"'),
    # Our own list as a file, our own signing in and out.
    Change(
        'onClick:n[0]||(n[0]=B0(i=>t.value=!0,["prevent"])),"data-uitest":"csv_button"',
        'onClick:B0(()=>location.assign("./api/tables/"+o.$store.state.currentTableName+"/csv/?"'
        '+new URLSearchParams(o.$store.state.filterParams)),["prevent"]),'
        '"data-uitest":"csv_button"',
    ),
    Change(
        'await T0.post("./public/logout/"),location.replace(window.location.pathname)',
        'await T0.post("/sign-out"),location.replace("/")',
    ),
    Change(
        'e.$router.push({name:"login",query:{nextURL:o}})',
        'location.assign("/sign-in?next=/admin/")',
    ),
)


def key_of(words: str) -> str:
    """The message key of words of the interface: `interface.successfully_saved_row`."""
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return f"interface.{plain[:60]}"


def _say(said: str, words: str) -> str:
    left, right = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    return left + language.text(said, key_of(words)) + right


@cache
def translation(said: str) -> Translation:
    """What Piccolo Admin itself has keys for."""
    words = {key: _say(said, key) for key in ENGLISH.translations}
    return Translation(language_code=said, language_name=NAMES[said], translations=words)


@cache
def script(said: str) -> str:
    """The built script for a reader. Raises InterfaceChanged."""
    changed = _built(".js").read_text()
    sentences = (Change(f'"{words}"', f"§{words}§", n) for words, n in SENTENCES.items())
    for change in (*sentences, *CHANGES):
        if changed.count(change.old) != change.times:
            raise InterfaceChanged(change.old)
        changed = changed.replace(change.old, _in(said, change.new))
    return changed


def _in(said: str, code: str) -> str:
    return WORD.sub(lambda found: json.dumps(_say(said, found[1]), ensure_ascii=False), code)


def style() -> str:
    """The built style sheet, followed by ours."""
    built = _built(".css").read_text()
    for theirs, ours in COLOURS.items():
        built = built.replace(theirs, ours)
    return built + (Path(__file__).parent / "admin.css").read_text()


def _built(suffix: str) -> Path:
    (found,) = (DIST / "assets").glob(f"index-*{suffix}")
    return found
