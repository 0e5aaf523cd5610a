"""Which tables of a database are the models' business."""

VIRTUAL_TABLES = ("search_postings",)


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """False for virtual full-text tables and their shadows."""
    return not (kind == "table" and name is not None and name.startswith(VIRTUAL_TABLES))
