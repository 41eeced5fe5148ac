"""The form page of departments, under the name this app's views know it by."""

from departments.views.filling import Filling, fill_in

__all__ = ["Filling", "fill_in"]
