"""The home screen rebuilt in HTML: the same texts, fonts, icons, sizes and colours."""

import base64
import html
from pathlib import Path

from kiosk.catalogues import catalogue
from kiosk.fonts import font, icon_font
from kiosk.profile import load_profile
from kiosk.theme import HEX, theme
from kiosk.widgets.glyphs import glyph

PROFILE = Path("deploy/profiles/tha-kasem/profile.toml")


def home_page(width: int, height: int) -> bytes:
    """A page that tells `/drawn` when its first frame is on the display."""
    theme.fit(width, height)
    profile, words = load_profile(PROFILE), catalogue("kiosk", "th").gettext
    cards = _buttons(
        ("message-alert-outline", words("Report a problem")),
        ("lightbulb-on-outline", words("Suggest something")),
        ("thumb-up-outline", words("Give praise")),
    )
    offices = _buttons(*(("", each.name.th) for each in profile.divisions))
    quiet = _buttons(
        ("shield-lock-outline", words("Report corruption, in confidence")),
        ("receipt-text-clock-outline", words("How does my case stand?")),
    )
    rate = f"{words('Rate our service')}  ·  {words('Two touches, no name')}"
    topics = _buttons(*((topic.icon, topic.name.th) for topic in profile.topics))
    body = (
        f"<header><b>{html.escape(profile.name.th)}</b><span>English</span></header><main>"
        f"<h1>{words('We are here to listen')}</h1>"
        f"<section>{cards}</section><p>{rate}</p><nav>{offices}</nav><nav>{quiet}</nav>"
        f"<footer>{html.escape(profile.complaint_centre.th)}</footer></main>"
        f"<main id=topics><h1>{words('What is it about?')}</h1><section>{topics}</section></main>"
    )
    return f"<!doctype html><meta charset=utf-8><style>{_style()}</style>{body}{_SCRIPT}".encode()


def _buttons(*named: tuple[str, str]) -> str:
    return "".join(
        f"<button>{f'<i>{glyph(icon)}</i>' if icon else ''}<b>{html.escape(name)}</b></button>"
        for icon, name in named
    )


_SCRIPT = """<script>
document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(
  () => fetch("/drawn"))))
document.onclick = () => document.body.classList.toggle("asked")
</script>"""


def _style() -> str:
    faces = "".join(
        f"@font-face{{font-family:{name};font-weight:{weight};src:url(data:font/ttf;base64,{data})}}"
        for name, weight, data in (
            ("Rapfang", 400, _base64(font())),
            ("Rapfang", 700, _base64(font("Bold"))),
            ("Icons", 400, _base64(icon_font())),
        )
    )
    text, px = theme.text, "px"
    return faces + (
        f"*{{box-sizing:border-box;margin:0}}body{{font:{text.body}{px}/1.5 Rapfang;height:100vh;"
        f"display:flex;flex-direction:column;background:{HEX['paper']};color:{HEX['ink']}}}"
        f"header{{background:{HEX['klong']};color:{HEX['card']};height:{theme.target}{px};"
        f"display:flex;justify-content:space-between;align-items:center;"
        f"padding:0 {theme.margin}px}}"
        f"main{{flex:1;display:flex;flex-direction:column;padding:{theme.margin}px;"
        f"text-align:center}}h1{{font-size:{text.title}px;color:{HEX['klong']}}}"
        f"section{{flex:1;display:flex;gap:{theme.margin}px;padding:{theme.gap}px 0}}"
        f"nav{{display:flex;flex-wrap:wrap;gap:{theme.gap}px;padding-bottom:{theme.gap}px}}"
        f"nav button{{flex:1 0 20%;min-height:{theme.target}px}}"
        f"nav b,nav i{{display:inline;font-size:{text.small}px}}"
        f"button{{flex:1;border:0;border-radius:{theme.radius}px;background:{HEX['card']};"
        f"box-shadow:0 2px 8px #1B243029;font:inherit}}button *{{display:block}}"
        f"button:active{{background:{HEX['pressed']}}}"
        f"#topics,.asked main{{display:none}}.asked #topics{{display:flex}}"
        f"#topics section{{display:grid;grid-template-columns:repeat(4,1fr)}}"
        f"#topics i{{font-size:{text.question}px}}#topics b{{font-size:{text.body}px}}"
        f"i{{font:{text.question * 3.4}px Icons;color:{HEX['klong']}}}"
        f"b{{font-size:{text.question}px}}footer{{font-size:{text.small}px;"
        f"color:{HEX['muted']}}}"
    )


def _base64(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()
