"""Words of dated rules in templates."""

from django import template

from departments.services import rule_shapes, rule_words

register = template.Library()
register.filter("applies_said", rule_words.applies_said)
register.filter("params_said", rule_words.params_said)
register.filter("rule_is_sound", rule_shapes.is_sound)
