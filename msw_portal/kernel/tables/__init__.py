"""Tables that somebody brings: XLSX and CSV read row by row as text, with what cannot be trusted named."""
