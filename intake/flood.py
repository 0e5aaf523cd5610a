"""How heavy sending becomes while many are sending: counts without anybody behind them, and nothing on a disk.

Two counts: drafts of everybody that came to the last page in ten minutes, and those of one network in an hour. A
network's name in the counter is a keyed hash whose key lies in memory and changes with the day; the count is forgotten
after its hour. Over the usual, work and waiting double step by step. Nobody is refused.
"""

import hmac
import ipaddress
from datetime import date

EVERYBODY_SECONDS, NETWORK_SECONDS = 600, 3600
USUAL_OF_EVERYBODY, USUAL_OF_A_NETWORK = 200, 10
_V6_NETWORK = 64


def level(everybody: int, network: int) -> int:
    """0 up to the usual, then one more with each doubling; the higher of the two."""
    return max(_doublings(everybody, USUAL_OF_EVERYBODY), _doublings(network, USUAL_OF_A_NETWORK))


def network_name(address: str, key: bytes, on: date) -> str:
    """What stands for an address in a counter on one day; in IPv6 for the whole /64 that one household has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        network = ""
    else:
        size = _V6_NETWORK if isinstance(parsed, ipaddress.IPv6Address) else parsed.max_prefixlen
        network = str(ipaddress.ip_network((parsed, size), strict=False))
    of_the_day = hmac.new(key, f"networks|{on.isoformat()}".encode(), "sha256").digest()
    return hmac.new(of_the_day, network.encode(), "sha256").hexdigest()[:32]


def _doublings(count: int, usual: int) -> int:
    return max(0, (count - 1) // usual).bit_length()
