"""A quota for each client, common to the processes of a machine (FHR-18)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.platform.quota import Quota

pytestmark = pytest.mark.rule("FHR-18")


class _Heure:
    def __init__(self) -> None:
        self.t = 1_000_000.0

    def __call__(self) -> float:
        return self.t


def test_a_burst_passes_then_the_steady_rate(tmp_path: Path) -> None:
    heure = _Heure()
    quota = Quota(tmp_path / "quota", 20, 60, heure)
    assert [quota.attente_s("lps") for _ in range(61)] == [0] * 60 + [1]
    assert quota.attente_s("autre") == 0, "each client has its own"
    heure.t += 1.0
    assert [quota.attente_s("lps") for _ in range(21)] == [0] * 20 + [1]
    heure.t += 3600
    assert sum(quota.attente_s("lps") == 0 for _ in range(100)) == 60, (
        "a long rest gives no more than a burst"
    )


@given(st.lists(st.floats(0, 5), min_size=1, max_size=300), st.integers(1, 50), st.integers(1, 80))
def test_never_more_than_the_burst_and_the_rate(attentes: list[float], debit: int, rafale: int) -> None:
    import tempfile

    heure = _Heure()
    with tempfile.TemporaryDirectory() as dossier:
        quota = Quota(Path(dossier) / "quota", debit, rafale, heure)
        passes: list[float] = []
        for attente in attentes:
            heure.t += attente
            if quota.attente_s("lps") == 0:
                passes.append(heure.t)
        for i, debut in enumerate(passes):
            for j in range(i, len(passes)):
                assert j - i + 1 <= rafale + debit * (passes[j] - debut) + 1e-3


def test_told_to_wait_it_passes_after_that_time(tmp_path: Path) -> None:
    heure = _Heure()
    quota = Quota(tmp_path / "quota", 1, 3, heure)
    while not (attente := quota.attente_s("lps")):
        pass
    heure.t += attente
    assert quota.attente_s("lps") == 0


def test_a_clock_put_back_locks_nobody_out(tmp_path: Path) -> None:
    heure = _Heure()
    quota = Quota(tmp_path / "quota", 20, 60, heure)
    for _ in range(60):
        quota.attente_s("lps")
    heure.t -= 86_400
    assert quota.attente_s("lps") <= 4
    heure.t += 4
    assert quota.attente_s("lps") == 0


def test_processes_count_together(tmp_path: Path) -> None:
    ici = Quota(tmp_path / "quota", 0.001, 10)
    assert [ici.attente_s("lps") for _ in range(4)] == [0] * 4
    la_bas = (
        "import sys; from pathlib import Path; from espace_sante.platform.quota import Quota\n"
        "q = Quota(Path(sys.argv[1]), 0.001, 10); print(sum(q.attente_s('lps') == 0 for _ in range(20)))"
    )
    fait = subprocess.run(
        [sys.executable, "-c", la_bas, str(tmp_path / "quota")], capture_output=True, check=True, text=True
    )
    assert fait.stdout.strip() == "6"
    assert ici.attente_s("lps") > 0


def test_more_clients_than_places_harm_nobody(tmp_path: Path) -> None:
    quota = Quota(tmp_path / "quota", 20, 60)
    assert all(quota.attente_s(f"lps-{n}") == 0 for n in range(10_000))
    assert (tmp_path / "quota").stat().st_size < 200_000


def test_zero_is_no_quota_and_no_file(tmp_path: Path) -> None:
    quota = Quota(tmp_path / "quota", 0, 60)
    assert not any(quota.attente_s("lps") for _ in range(1000))
    assert not (tmp_path / "quota").exists()
