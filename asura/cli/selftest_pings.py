"""The part of the self-test that touches how jobs call in, and badges."""


def pings() -> str:
    """Read schedules and a mail, and draw a badge; raises RuntimeError where one of them does not work."""
    from asura.domain.badge import of_uptime
    from asura.domain.schedule import parse
    from asura.web.badges.render import Look, svg
    from asura.web.pings.mail import read_mail

    faults = parse("30 2 * * *", "", "Europe/Berlin")[1] + parse("", "Mon..Fri 02:30", "UTC")[1]
    subject, _ = read_mail(b"Subject: backup\r\n\r\ndone")
    drawn = svg(of_uptime(1.0, 30), Look(), "")
    if faults or subject != "backup" or b"100%" not in drawn:
        raise RuntimeError(f"{faults}, {subject!r}, {drawn!r}")
    return "cron, OnCalendar, mail, badges"
