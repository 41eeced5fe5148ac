"""A world of any size: the year that was lived through the services, stamped again for other people,
houses and years, and written by COPY.

One family of rows is all that hangs on one patient. Stamping gives it new ids, names, numbers, moments
and seals; money comes with gifts of its own, so every balance of the copy is right when the pattern's is.
"""
