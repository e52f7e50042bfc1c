"""Texts that would become part of a page if one place forgot to escape them. Each calls ``hit`` with its number."""

ELEMENTS = (
    "<img src=x onerror={hit}>",
    "<svg onload={hit}>",
    "<script>{hit}</script>",
    "<iframe srcdoc='<script>{hit}</script>'>",
    "<details open ontoggle={hit}>",
    "<input autofocus onfocus={hit}>",
    "<video src=x onerror={hit}>",
    "<audio src=x onerror={hit}>",
    "<object data=javascript:{hit}>",
    "<a href=javascript:{hit} autofocus>x</a>",
    "<style onload={hit}></style>",
    "<body onpageshow={hit}>",
    "<marquee onstart={hit}>",
    "<math><mi onclick={hit}>x",
    "<form action=javascript:{hit}><button>x</button></form>",
    "<svg><animate onbegin={hit} attributeName=x dur=1s>",
    "<link rel=stylesheet onload={hit} href=/static/css/app.css>",
)
# What stands around the text: nothing, an attribute, another element, a comment, a script.
WAYS_OUT = (
    "",
    '">',
    "'>",
    "`>",
    "</textarea>",
    "</title>",
    "</option></select>",
    "</script>",
    "</style>",
    "-->",
    "]]>",
    "</td>",
)
OTHERS = (
    '" onfocus={hit} autofocus x="',
    "' onfocus={hit} autofocus x='",
    " onfocus={hit} autofocus ",
    "{{{{ {hit} }}}}",
    "{{% include '{hit}' %}}",
    "${{{hit}}}",
    "&lt;script&gt;{hit}&lt;/script&gt;",
    "&#60;img src=x onerror={hit}&#62;",
    "\\u003cimg src=x onerror={hit}\\u003e",
    "%3Cimg src=x onerror={hit}%3E",
    "+ADw-script+AD4-{hit}+ADw-/script+AD4-",
    "<<script>{hit}//<</script>",
    "<scr<script>ipt>{hit}</script>",
    "<img/src=x/onerror={hit}>",
    "<IMG SRC=x ONERROR={hit}>",
    "<svg/onload={hit}>",
    "data:text/html,<script>{hit}</script>",
    "javascript:{hit}",
    "\u2028{hit}\u2029",
    "';{hit};'",
    '";{hit};"',
)


def payloads() -> list[str]:
    """More than two hundred, all different."""
    shapes = [way + element for way in WAYS_OUT for element in ELEMENTS] + list(OTHERS)
    return [shape.format(hit=f"hit({number})") for number, shape in enumerate(shapes)]
