"""Public pages a second under two gunicorn workers, beside a peer page without a database."""

from pathlib import Path

from bench import load, site

CLIENTS = 8


def paths(record_id: str) -> dict[str, str]:
    return {
        "home": "/",
        "list": "/penalties",
        "list, filtered": "/penalties?county=411081&year=2025",
        "detail": f"/penalties/{record_id}",
        "search": "/search?q=%E6%A3%80%E6%B5%8B",
        "air": "/air",
        "feed": "/feeds/penalties.rss",
    }


def run(folder: Path, label: str, record_id: str, seconds: float) -> list[tuple[str, str, str]]:
    """Rows of (what, figure, beside the peer)."""
    with site.served("bench.peer:app", folder) as address:
        peer = load.measure(address, "/", seconds=seconds, clients=CLIENTS)
    rows = [(f"pages, peer (Flask, one template, no database) [{label}]", _figure(peer), "1.00")]
    with site.served("wsgi:app", folder) as address:
        for name, path in paths(record_id).items():
            load.measure(address, path, seconds=0.5, clients=CLIENTS)
            figure = load.measure(address, path, seconds=seconds, clients=CLIENTS)
            rows.append((f"pages, {name} [{label}]", _figure(figure), f"{figure.per_second / peer.per_second:.2f}"))
    return rows


def _figure(figure: load.Load) -> str:
    errors = f", {figure.errors} errors" if figure.errors else ""
    return f"{figure.per_second:,.0f}/s, p50 {figure.p50_ms:.1f} ms, p99 {figure.p99_ms:.1f} ms{errors}"
