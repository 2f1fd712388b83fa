"""The base of every error the product raises on purpose."""


class EspaceSanteError(Exception):
    """An expected refusal or failure, with a machine code that stays stable.

    `code` is for programs, `message` is French and safe to show (never an identity nor health
    data), `details` are data fields for the caller; they must not hold an identity either.
    """

    def __init__(self, code: str, message: str, **details: object) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
