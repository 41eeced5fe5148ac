"""What the dated rule of volunteers' stars may hold."""

from departments.services.rule_shapes import Rising, Shape
from volunteers.services.stars import KIND, USUAL

SHAPES = {KIND: Shape({"hours": Rising(len(USUAL), 100_000)}, together=("hours",))}
