"""The field in which a station is written: by its name, with the county where several are called so."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.forms.regions import suggesting
from departments.models.organizations import Department
from departments.services.stations import station_label, stations_for


class StationField(forms.CharField):
    """Gives a Department of the register's stations; its page includes `departments/_datalists.html`."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = _("写名称，边写边提示；同名的带上县（市、区）")
        super().__init__(**{"max_length": 120, "help_text": help_text, **kwargs})
        self.user: Any = None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        found = suggesting("stations", "departments:stations_suggest")
        return super().widget_attrs(widget) | found

    def prepare_value(self, value: Any) -> Any:
        return station_label(value) if isinstance(value, Department) else value

    def clean(self, value: Any) -> Department | None:
        typed = super().clean(value)
        if not typed:
            return None
        name = typed.partition("（")[0].strip()
        rows = stations_for(self.user).filter(name__in={typed, name})
        found = [one for one in rows[:50] if typed in {one.name, station_label(one)}]
        if len(found) != 1:
            if found:
                sentence = _("有几个站点都叫“%(name)s”，请从提示里选带县（市、区）的那一个。")
            else:
                sentence = _("登记里没有“%(name)s”。请从提示里选，或写在“其他承接机构”。")
            raise forms.ValidationError(sentence, params={"name": typed})
        return found[0]
