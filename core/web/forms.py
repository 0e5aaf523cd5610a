"""The form all pages use: GOV.UK widgets, messages in the reader's language, every text made visible."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from core.errors import Text
from core.sanitising import form_filter, single_line, visible


def choices(pairs: Iterable[tuple[str, Text]]) -> list[SelectChoice]:
    """The options of a select, radio or checkbox field from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


class Form(FlaskForm):
    """Text fields lose control and direction-changing characters before any validator sees them."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            field: Field = super().bind_field(form, unbound_field, options)
            if isinstance(field, TextAreaField):
                field.filters = [*field.filters, form_filter(visible)]
            elif isinstance(field, StringField):
                field.filters = [*field.filters, form_filter(single_line)]
            return field
