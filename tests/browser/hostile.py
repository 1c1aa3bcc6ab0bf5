"""Hostile text, and a server that answers with nothing else."""

import contextlib
import http.server

# What runs says so in `window.ran`; elements carry `data-evil`, so that they are found even where they cannot run.
PAYLOADS = {
    "script": "<script data-evil>window.ran=1;alert(1)</script>",
    "script closes": '</title></textarea></script><script data-evil src="data:,window.ran=2"></script>',
    "image": '"><img data-evil src=x onerror="window.ran=3;alert(3)">',
    "attribute": "' autofocus onfocus=window.ran=4 data-evil x='",
    "svg": "<svg data-evil onload=window.ran=5><animate data-evil onbegin=window.ran=5 attributeName=x></svg>",
    "svg link": '<svg data-evil><a xlink:href="javascript:window.ran=6">x</a><use data-evil href="data:,x"/></svg>',
    "link": '<a data-evil href="javascript:window.ran=7">click</a>',
    "address": "javascript:window.ran=8//https://example.com",
    "frame": "<iframe data-evil srcdoc='<script>parent.ran=9</script>'></iframe><object data-evil data='data:,x'>",
    "style": "<style data-evil>*{display:none}</style><link data-evil rel=stylesheet href=//127.0.0.1:1/x.css>",
    "templates": "${window.ran=10}`${alert(10)}` {{constructor.constructor('window.ran=10')()}} #{7*7} <%= 7*7 %>",
    "mutation": '<math data-evil><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img onerror=a&gt;">',
    "entities": "&lt;img src=x onerror=window.ran=12&gt; &#60;script&#62; &amp;amp; &#x3c;b&#x3e;",
    "base": '<base data-evil href="//127.0.0.1:1/"><meta data-evil http-equiv=refresh content="0;url=//127.0.0.1:1/">',
    "places": "{name} {n} {{time}} $& $1 $` %s %(name)s __proto__ constructor",
    "turned": "safe \u202etxt.exe\u202c \u2067<b>\u2069 end",
    "emoji": "👩‍👩‍👧‍👦 🏴‍☠️ é e\u0301 مرحبا 漢字 \u200d",
    "long": "W" * 199 + "<",
}


class Hostile(http.server.BaseHTTPRequestHandler):
    """Answers with hostile headers and a hostile body; with 200 or 500, as the path says."""

    def do_GET(self) -> None:
        body = "".join(f"<html>{text}" for text in PAYLOADS.values()).encode()
        self.send_response(int(self.path.rsplit("/", 1)[-1]), '"><img data-evil src=x onerror=window.ran=20>')
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Evil", PAYLOADS["image"])
        self.send_header("Location", PAYLOADS["address"])
        self.send_header("Set-Cookie", f"a={PAYLOADS['script']}")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def version_string(self) -> str:
        return PAYLOADS["svg"]

    def log_message(self, *_: object) -> None:
        """Say nothing."""
