"""Template tags of the components; a template builtin, so pages need no `{% load %}`."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from espace_sante.web.composants import navigation, sprite

register = template.Library()
_CLASSES = {
    "select": "form-select",
    "checkbox": "form-check-input",
    "radioselect": "form-check-input",
    "checkboxselectmultiple": "form-check-input",
}


@register.simple_tag
def icone(nom: str) -> SafeString:
    """A sign of the sprite, silent for screen readers: a word always stands beside it.

    Raises IconeInconnue when the sprite has no such sign.
    """
    return format_html(
        '<svg class="es-icone" width="24" height="24" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        sprite.adresse(),
        sprite.verifier(nom),
    )


@register.simple_tag
def widget(champ: BoundField) -> SafeString:
    """A form field's control with the theme's class; Django ties it to its hint and error."""
    classe = _CLASSES.get(champ.widget_type, "form-control")
    if champ.errors:
        classe += " is-invalid"
    return champ.as_widget(attrs={"class": classe})


@register.filter
def initiales(nom: str) -> str:
    """Two letters at most, for the doorway of a person: « Marie-Claire Dupont » gives MD."""
    mots = nom.split()
    return (mots[0][:1] + mots[-1][:1] if len(mots) > 1 else nom[:1]).upper()


@register.filter
def apostrophes(texte: str) -> str:
    """A message of the rooms below, which also goes to programs, as people read it: `n’est`, not `n'est`."""
    return re.sub(r"(?<=\w)'(?=\w)", "’", texte)


@register.simple_tag(takes_context=True)
def entrees_espace(context: template.Context) -> Any:
    """Entries of the holder's bar: those of the view (`navigation`), or the usual ones."""
    return context.get("navigation") or navigation.espace()
