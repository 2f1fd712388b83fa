"""The national identity service INSi: client of its two operations, and what its answers do to a holder's identity."""
