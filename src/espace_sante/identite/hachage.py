"""How passwords and secrets of programs are hashed (rule IDN-36)."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Borne(Argon2PasswordHasher):
    """Argon2id at the cost that OWASP advises, in 19 MiB for each hashing under way.

    Anyone may make the server hash by trying to log in: Django's own 100 MiB, times the threads, would let
    visitors take all the memory of a small machine. A hash made at another cost is made again at login.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
