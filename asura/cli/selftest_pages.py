"""The part of the self-test that touches the style sheets of status pages."""


def style_sheets() -> str:
    """Read CSS of somebody's own; raises RuntimeError where what is made of it is not what may be served."""
    from asura.domain.page_css import clean, problems

    css = "@import url(//x); .top { color: red; background: url(https://x) }"
    if clean(css) != ".top { color: red; }" or len(problems(css)) != 2:
        raise RuntimeError("a style sheet is not read as it should be")
    return "only what is allowed"
