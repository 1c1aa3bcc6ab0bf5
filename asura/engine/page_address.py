"""Where a status page is found by people: at its own domain, or below the address of asura."""

from asura.domain.page import Page


def address_of(page: Page, url: str) -> str:
    """Return the whole address of a page, without a slash at its end; `url` is that of asura."""
    if page.config.hosts:
        return f"https://{page.config.hosts[0]}"
    return f"{url}/status" if page.is_main else f"{url}/status/{page.slug}"
