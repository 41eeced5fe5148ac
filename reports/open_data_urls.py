"""Addresses of the open data for everybody; they stand before those of published entries."""

from django.urls import path

from reports.views import open_data

public_patterns = (
    [
        path("public/figures/", open_data.figures, name="figures"),
        path("public/figures/catalogue.json", open_data.catalogue, name="catalogue"),
        path("public/figures/tables/<uuid:uid>/", open_data.table, name="table"),
        path("public/figures/tables/<uuid:uid>/table.json", open_data.table_file_json, name="json"),
        path("public/figures/tables/<uuid:uid>/table.csv", open_data.table_file_csv, name="csv"),
    ],
    "figures",
)
