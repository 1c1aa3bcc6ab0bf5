"""CSS of people's own for their status pages: read whole, written anew from what is allowed, and nothing else."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

MOST_BYTES = 65_536
MOST_NESTING = 24
# Larger ones take long enough to be read elsewhere than on the event loop.
LARGE = 4_096
AROUND_RULES = frozenset({"media", "supports", "container", "layer"})
AROUND_DECLARATIONS = frozenset({"font-face", "page"})
KEYFRAMES = frozenset({"keyframes", "-webkit-keyframes"})
# Properties that once ran programs.
NEVER = frozenset({"behavior", "-ms-behavior", "-moz-binding", "-webkit-binding"})
FUNCTIONS = frozenset(
    {
        *("var", "env", "attr", "calc", "min", "max", "clamp", "abs", "sign", "round", "mod", "rem", "pow", "sqrt"),
        *("rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color", "color-mix", "light-dark"),
        *("linear-gradient", "radial-gradient", "conic-gradient", "repeating-linear-gradient"),
        *("repeating-radial-gradient", "repeating-conic-gradient", "minmax", "repeat", "fit-content"),
        *("translate", "translatex", "translatey", "translate3d", "translatez", "rotate", "rotatex", "rotatey"),
        *("rotatez", "rotate3d", "scale", "scalex", "scaley", "scalez", "skew", "skewx", "skewy", "matrix"),
        *("matrix3d", "perspective", "cubic-bezier", "steps", "linear", "blur", "brightness", "contrast"),
        *("drop-shadow", "grayscale", "hue-rotate", "invert", "opacity", "saturate", "sepia", "counter", "counters"),
        *("format", "tech", "local", "inset", "circle", "ellipse", "polygon", "path", "style", "selector", "and"),
        *("not", "or", "is", "where", "has", "nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"),
        *("lang", "dir", "part", "host", "slotted", "highlight"),
    }
)
_PATH = re.compile(r"(?:/(?![/\\])[^\s\\\"'()<>]*|#[A-Za-z0-9_-]+)")
_DECLARATION, _RULE, _AT_RULE = "declaration", "qualified-rule", "at-rule"


class CssProblem(msgspec.Struct, frozen=True):
    """Something in a style sheet that is not allowed, or that cannot be read."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


def problems(css: str) -> list[CssProblem]:
    """Return everything that `clean` would leave out."""
    return _Sheet().read(css)[1]


def clean(css: str) -> str:
    """Return a style sheet without what may not be: it fetches nothing from elsewhere and stays within its file."""
    return _Sheet().read(css)[0]


class _Sheet:
    """One pass over a style sheet: what is allowed is written anew from its tokens, the rest is noted."""

    def __init__(self) -> None:
        self._problems: list[CssProblem] = []

    def read(self, css: str) -> tuple[str, list[CssProblem]]:
        """Return the clean sheet and what was left out of it."""
        if not css.strip():
            return "", []
        if len(css.encode("utf-8", "replace")) > MOST_BYTES:
            return "", [CssProblem(1, f"has more than {MOST_BYTES} bytes")]
        # Late, because most pages have none.
        import tinycss2

        self._css: Any = tinycss2
        tokens = tinycss2.parse_component_value_list(css.replace("\0", ""))
        deep = _too_deep(tokens)
        if deep is not None:
            return "", [CssProblem(deep, f"is nested deeper than {MOST_NESTING} levels")]
        rules = tinycss2.parse_stylesheet(tokens, skip_comments=True, skip_whitespace=True)
        return "\n".join(self._written(rules)), self._problems

    def _written(self, nodes: Iterable[Any]) -> list[str]:
        return [text for text in (self._node(node) for node in nodes) if text]

    def _node(self, node: Any) -> str:
        if node.type == _RULE:
            return self._rule(node)
        if node.type == _AT_RULE:
            return self._at_rule(node)
        if node.type == _DECLARATION:
            return self._declaration(node)
        return self._out(node, getattr(node, "message", "cannot be read"))

    def _rule(self, node: Any) -> str:
        if not self._allowed(node.prelude, node):
            return ""
        inside = self._written(self._css.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True))
        return f"{self._text(node.prelude)} {{ {' '.join(inside)} }}"

    def _at_rule(self, node: Any) -> str:
        name = node.lower_at_keyword
        if name not in AROUND_RULES | AROUND_DECLARATIONS | KEYFRAMES or (node.content is None and name != "layer"):
            return self._out(node, f"@{name[:40]} is not allowed")
        if not self._allowed(node.prelude, node):
            return ""
        head = f"@{name} {self._text(node.prelude)}".rstrip()
        if node.content is None:
            return f"{head};"
        if name in KEYFRAMES:
            inner = self._css.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
        else:
            inner = self._css.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
        return f"{head} {{ {' '.join(self._written(inner))} }}"

    def _declaration(self, node: Any) -> str:
        if node.lower_name in NEVER:
            return self._out(node, f"{node.lower_name} is not allowed")
        if not self._allowed(node.value, node):
            return ""
        name = self._css.ast.IdentToken(node.source_line, node.source_column, node.name).serialize()
        important = " !important" if node.important else ""
        return f"{name}: {self._text(node.value)}{important};"

    def _allowed(self, tokens: Sequence[Any], around: Any) -> bool:
        """Return whether all tokens of a value or selector may be; the first that may not is noted."""
        for token in tokens:
            why = self._against(token)
            if why is not None:
                self._out(token if token.type != "error" else around, why)
                return False
            inner = getattr(token, "arguments", None) or getattr(token, "content", None) or ()
            if not _is_address(token) and not self._allowed(inner, token):
                return False
        return True

    def _against(self, token: Any) -> str | None:
        """Return what speaks against a token, by itself."""
        if token.type == "error":
            return str(token.message)
        if token.type == "url":
            return _against_address(token.value)
        if token.type != "function":
            return None
        if _is_address(token):
            texts = [one for one in token.arguments if one.type not in ("whitespace", "comment")]
            if len(texts) != 1 or texts[0].type != "string":
                return "url() takes one path"
            return _against_address(texts[0].value)
        return None if token.lower_name in FUNCTIONS else f"{token.lower_name[:40]}() is not allowed"

    def _text(self, tokens: Iterable[Any]) -> str:
        kept = [self._uncommented(token) for token in tokens]
        return str(self._css.serialize(kept)).strip()

    def _uncommented(self, token: Any) -> Any:
        if token.type != "comment":
            return token
        return self._css.ast.WhitespaceToken(token.source_line, token.source_column, " ")

    def _out(self, node: Any, why: str) -> str:
        self._problems.append(CssProblem(node.source_line, why))
        return ""


def _is_address(token: Any) -> bool:
    return bool(token.type == "function" and token.lower_name == "url")


def _against_address(url: str) -> str | None:
    return None if _PATH.fullmatch(url) else "url() takes a path of this server that begins with one slash"


def _too_deep(tokens: Iterable[Any]) -> int | None:
    """Return the line in which blocks are nested too deep, without being led there by recursion."""
    waiting = [(token, 1) for token in tokens]
    while waiting:
        token, depth = waiting.pop()
        if depth > MOST_NESTING:
            return int(token.source_line)
        inner = getattr(token, "arguments", None) or getattr(token, "content", None) or ()
        waiting += [(one, depth + 1) for one in inner]
    return None
