"""What can be wrong with the two files of asura's own TLS, found before anything starts."""


def tls_faults(certificate: str, key: str) -> list[tuple[str, str]]:
    """Return (key, message) of each fault of the two settings, and of the files that they name."""
    faults = []
    if certificate and not key:
        faults.append(("server.tls_cert", "needs server.tls_key too"))
    if key and not certificate:
        faults.append(("server.tls_key", "needs server.tls_cert too"))
    if not (certificate and key):
        return faults
    # Loaded here: who leaves TLS to a proxy starts without it.
    from asura.tls_files import Unusable, load

    try:
        load(certificate, key)
    except Unusable as error:
        faults.append((error.setting, error.message))
    return faults
