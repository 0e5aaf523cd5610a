"""What was asked for last stays; what was not asked for longest makes room."""

from core.recent import Recent


def test_what_was_asked_for_last_is_kept_and_the_rest_makes_room() -> None:
    kept: Recent[str, bytes] = Recent(most_bytes=100)
    for number in range(6):
        kept.put(str(number), bytes(25), 25)
        kept.get("0")
    assert kept.keys() == ["3", "4", "5", "0"]
    assert kept.bytes == 100


def test_what_is_put_again_takes_its_new_size() -> None:
    kept: Recent[str, str] = Recent(most_bytes=100)
    kept.put("a", "long", 90)
    kept.put("a", "short", 10)
    assert (kept.get("a"), kept.bytes) == ("short", 10)


def test_what_is_larger_than_all_the_room_is_not_kept() -> None:
    kept: Recent[str, str] = Recent(most_bytes=100)
    kept.put("a", "small", 10)
    kept.put("b", "huge", 101)
    assert (kept.keys(), kept.bytes) == ([], 0)
