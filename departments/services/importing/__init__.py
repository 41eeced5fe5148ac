"""The import engine: a file is uploaded, its columns are named, its rows are reviewed, and what is good is applied."""
