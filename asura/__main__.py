"""The command `asura`: answers what is quick at once, and hands the rest to the command line."""

import gc
import os
import sys


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit status: 0 fine, 1 failed, 2 wrong use or bad configuration."""
    arguments = sys.argv[1:] if argv is None else argv
    if arguments in (["--version"], ["-version"]):
        from asura import __version__

        print(f"asura {__version__}")
        return 0
    _complete_streams()
    if arguments == ["health"]:
        from asura.cli.pulse import pulse

        if said := pulse(os.environ):
            print(said)
            return 0
    if arguments == ["write-backup"]:
        from asura.store.apart import serve

        return serve()
    # What is imported stays: to look for cycles in it meanwhile takes a twentieth of the time of a start.
    gc.set_threshold(20_000)
    # Imported here, so that the version costs nothing.
    from asura.cli.root import run

    return run(arguments)


def _complete_streams() -> None:
    """Open what this was started without: else a file or socket of ours has its number, and is what is printed to."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # It gets the lowest number that is free, which is this one.
            os.open(os.devnull, os.O_RDWR)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # Not by its number: what unpacks the executable may have that. It is never closed, whoever wraps it.
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8", closefd=False))


if __name__ == "__main__":
    sys.exit(main())
