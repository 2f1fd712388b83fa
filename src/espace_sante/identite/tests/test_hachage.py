"""What a hash costs the server: bounded memory, and older hashes made again."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hasher, make_password


@pytest.mark.rule("IDN-36")
def test_all_threads_hashing_together_stay_small() -> None:
    parametres = extract_parameters(make_password("Tarivo-Bekumi47").removeprefix("argon2"))
    assert (parametres.memory_cost, parametres.time_cost, parametres.parallelism) == (19_456, 2, 1)
    assert parametres.memory_cost * settings.ES_FILS < 200_000


def test_a_hash_of_another_cost_is_made_again_at_login() -> None:
    ancien = Argon2PasswordHasher().encode("Tarivo-Bekumi47", "selselselselselsel")
    assert get_hasher().verify("Tarivo-Bekumi47", ancien)
    assert get_hasher().must_update(ancien)
