"""One person, one address: what a typed e-mail is compared by."""

import unicodedata


def normalise(address: str) -> str:
    """An address as it is stored and compared: NFKC, case folded, without spaces and invisible characters."""
    composed = unicodedata.normalize("NFKC", address)
    visible = "".join(c for c in composed if unicodedata.category(c) not in {"Cc", "Cf", "Zs", "Zl", "Zp"})
    return unicodedata.normalize("NFKC", visible.casefold())
