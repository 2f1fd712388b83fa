import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from espace_sante.kernel import ids


def test_shape_is_that_of_version_7(monkeypatch: pytest.MonkeyPatch) -> None:
    # Another test of this process may have travelled to a later time.
    monkeypatch.setattr(ids, "_milliseconde", 0)
    avant = time.time_ns() // 1_000_000
    identifiant = ids.uuid7()
    apres = time.time_ns() // 1_000_000
    assert identifiant.version == 7
    assert identifiant.variant == uuid.RFC_4122
    assert avant <= identifiant.int >> 80 <= apres + 1


def test_ids_of_one_thread_grow() -> None:
    faits = [ids.uuid7() for _ in range(20_000)]
    assert faits == sorted(faits)
    assert len(set(faits)) == len(faits)


def test_ids_of_several_threads_never_meet() -> None:
    with ThreadPoolExecutor(8) as fils:
        series = list(fils.map(lambda _: [ids.uuid7() for _ in range(2_000)], range(8)))
    assert all(serie == sorted(serie) for serie in series)
    assert len({i for serie in series for i in serie}) == 16_000


def test_a_clock_that_steps_back_does_not_break_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    avant = ids.uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000_000)
    assert ids.uuid7() > avant


def test_a_full_counter_moves_to_the_next_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    avant = ids.uuid7()
    monkeypatch.setattr(ids.time, "time_ns", lambda: 1_000_000_000)
    monkeypatch.setattr(ids, "_compteur", (1 << 42) - 1)
    monkeypatch.setattr(ids, "_milliseconde", avant.int >> 80)
    suivant = ids.uuid7()
    assert suivant.int >> 80 == (avant.int >> 80) + 1
    assert suivant > avant
