"""The command: where to read from, what to print."""

import argparse
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

from portal.ledger.verify.audit import audit
from portal.ledger.verify.checks import check_hour, check_kept, check_record
from portal.ledger.verify.proofs import GONE, NOT_FOUND, OK, CannotCheck, Fetch

USAGE = """\
Check 明鉴's disclosure ledger from outside. Needs Python 3.11 and `pip install cryptography`, nothing of the site.

    verify.py record https://site ID [VERSION]      one record of the site and its files, against a signed checkpoint
    verify.py record RECORD.json PROOF.tlog-proof   the same from two files, without the site (give --vkey)
                     --file FILE                    a file of the record that you have: is it the one it names?
    verify.py hour   https://site STATION HOUR      a station's hour (its end in UTC, 2026-11-25T08Z)
    verify.py audit  https://site [--keep FOLDER]   every entry, tile, record, file, hour and station
    verify.py audit  FOLDER                         the same again from what --keep has kept

The site's key is taken on trust at the first audit and kept in the state file; --vkey takes one from elsewhere (a
newspaper, a friend). A later key counts where the log itself announced it under the one before. --witness VKEY asks
for that witness's cosignature. Exit code 0: nothing found; 1: findings, one a line, each with its code; 2: the check
could not be made.
"""


def from_site(site: str) -> Fetch:
    def fetch(path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(site.rstrip("/") + path, timeout=60) as answer:  # noqa: S310 - the user's site
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()
        except (OSError, ValueError) as error:
            raise CannotCheck(f"{site}{path}: {error}") from error

    return fetch


def place_in(folder: Path, path: str) -> Path:
    return folder / path.lstrip("/").replace("?", "@").replace(":", "_")


def from_folder(folder: Path) -> Fetch:
    def fetch(path: str) -> tuple[int, bytes]:
        kept = place_in(folder, path)
        if kept.is_file():
            return OK, kept.read_bytes()
        gone = kept.with_name(kept.name + ".gone")
        return (GONE, gone.read_bytes()) if gone.is_file() else (NOT_FOUND, b"")

    return fetch


def keeping(fetch: Fetch, folder: Path) -> Fetch:
    """Write down everything that is fetched, so that it can be checked again when the site is gone or has changed."""

    def fetch_and_keep(path: str) -> tuple[int, bytes]:
        status, content = fetch(path)
        kept = place_in(folder, path)
        if status in (OK, GONE):
            kept = kept if status == OK else kept.with_name(kept.name + ".gone")
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(content)
        return status, content

    return fetch_and_keep


def main() -> int:
    parser = argparse.ArgumentParser(description=USAGE, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("record", "hour", "audit"))
    parser.add_argument("place", help="https://site, a kept folder, or a record's .json file")
    parser.add_argument("record", nargs="?", help="the record's id, the station's code, or the .tlog-proof file")
    parser.add_argument("version", nargs="?", help="the version, or the hour")
    parser.add_argument("--vkey")
    parser.add_argument("--file", action="append", default=[], type=Path, metavar="FILE")
    parser.add_argument("--witness", action="append", default=[], metavar="VKEY")
    parser.add_argument("--state", type=Path, default=Path("mingjian-audit.json"))
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    given = parser.parse_args()
    try:
        return {"record": record_command, "hour": hour_command, "audit": audit_command}[given.what](given)
    except (CannotCheck, ValueError, KeyError, TypeError, OSError) as error:
        print(f"没有验成（not proved）：{error}", file=sys.stderr)
        return 2


def record_command(given: argparse.Namespace) -> int:
    files = {str(path): path.read_bytes() for path in given.file}
    if given.place.startswith(("http://", "https://")):
        said, found = check_record(from_site(given.place), given.record or "", given.version, given.vkey, files)
    elif not given.vkey:
        raise CannotCheck("give the site's key with --vkey")
    else:
        body, proof = Path(given.place).read_bytes(), Path(given.record or "").read_text("utf-8")
        said, found = check_kept(body, proof, given.vkey, files)
    print(said, *found, sep="\n")
    return 1 if found else 0


def hour_command(given: argparse.Namespace) -> int:
    print(check_hour(from_site(given.place), given.record or "", given.version or "", given.vkey))
    return 0


def audit_command(given: argparse.Namespace) -> int:
    is_site = given.place.startswith(("http://", "https://"))
    fetch = from_site(given.place) if is_site else from_folder(Path(given.place))
    fetch = keeping(fetch, given.keep) if given.keep else fetch
    state = json.loads(given.state.read_text("utf-8")) if given.state.exists() else {}
    findings = list(audit(fetch, state, given.vkey, witnesses=given.witness))
    print("\n".join(map(str, findings)) or f"没有发现问题（nothing found）：共 {state['size']} 条。")
    if not findings:
        given.state.write_text(json.dumps(state), "utf-8")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
