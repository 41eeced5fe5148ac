"""Group work: planned, approved, filled with members, held, measured, summed up."""
