"""A Django form for the living page: a field without fault and one with an error."""

from __future__ import annotations

from django import forms


class FormulaireExemple(forms.Form):
    """Shows how BoundField are dressed."""

    motif = forms.CharField(label="Motif", help_text="Une phrase courte.", required=False)
    duree = forms.ChoiceField(
        label="Durée",
        choices=[("", "Choisir"), ("24", "24 heures")],
        error_messages={"required": "Choisissez une durée."},
    )


def rempli() -> FormulaireExemple:
    """The form as sent without its mandatory field."""
    return FormulaireExemple(data={"motif": "Consultation du 3 mars"})
