"""The demo world: invented people in the organisations the source documents name.

Deterministic for a seed and a day: the same clicks lead to the same pages. It is wiring: it may
import every app, no app imports it.
"""
