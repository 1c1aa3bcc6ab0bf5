"""`asura hash-key`: the hash of an API key, for `auth.api_keys` in the configuration."""

import sys
from hashlib import sha256

import click


@click.command("hash-key")
@click.argument("key", required=False)
def hash_key(key: str | None) -> int:
    """Print the SHA-256 of KEY for `auth.api_keys`.

    Without KEY it is read from the terminal or from standard input, so that it stays out of the shell's history.
    """
    text = key if key is not None else _asked()
    if not text:
        raise click.UsageError("the key is empty")
    if key is not None and len(key) < 16:
        click.echo("asura: a key this short can be guessed; use 32 characters or more", err=True)
    click.echo(sha256(text.encode()).hexdigest())
    return 0


def _asked() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Key", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
