"""Addresses of what is published to everybody."""

from django.urls import path

from departments.views import public_face, publishing

app_name = "public"
urlpatterns = [
    path("", public_face.front, name="index"),
    path("anchors/", public_face.anchors_page, name="anchors"),
    path("anchors/anchors.json", public_face.anchors_json, name="anchors_json"),
    path("houses/<uuid:uid>/", publishing.house, name="house"),
    path("houses/<uuid:uid>/entries.json", publishing.house_json, name="house_json"),
    path("houses/<uuid:uid>/entries.csv", publishing.house_csv, name="house_csv"),
    path("<slug:slug>/", publishing.entry, name="entry"),
    path("<slug:slug>/v<int:version>/", publishing.entry, name="entry_version"),
    path("<slug:slug>/v<int:version>/entry.json", publishing.entry_file, name="entry_json"),
    path("<slug:slug>/v<int:version>/<slug:key>.csv", publishing.entry_table, name="entry_table"),
]
