"""Addresses of goods in kind."""

from django.urls import path

from donations.views import goods_intakes, goods_lists, goods_lots, goods_sheets

app_name = "goods"
urlpatterns = [
    path("", goods_lists.stock, name="stock"),
    path("moves/", goods_lists.moves, name="moves"),
    path("losses/", goods_lists.losses, name="losses"),
    path("losses/<uuid:uid>/confirm/", goods_lots.loss_settle, name="loss_confirm"),
    path("losses/<uuid:uid>/refuse/", goods_lots.loss_deny, name="loss_refuse"),
    path("sites/", goods_lists.sites, name="sites"),
    path("sites/new/", goods_lists.site_new, name="site_new"),
    path("intakes/", goods_lists.intakes, name="intakes"),
    path("intakes/new/", goods_intakes.intake_new, name="intake_new"),
    path("intakes/<uuid:uid>/", goods_intakes.intake, name="intake"),
    path("intakes/<uuid:uid>/lots/new/", goods_intakes.lot_new, name="intake_lot_new"),
    path("intakes/<uuid:uid>/accept/", goods_intakes.accept, name="intake_accept"),
    path("intakes/<uuid:uid>/refuse/", goods_intakes.refuse, name="intake_refuse"),
    path("intakes/<uuid:uid>/book/", goods_intakes.book, name="intake_book"),
    path("lots/<uuid:uid>/", goods_lots.lot, name="lot"),
    path("lots/<uuid:uid>/value/", goods_lots.value, name="lot_value"),
    path("lots/<uuid:uid>/transfer/", goods_lots.transfer, name="transfer"),
    path("lots/<uuid:uid>/loss/", goods_lots.loss_new, name="loss_new"),
    path("sheets/", goods_lists.sheets, name="sheets"),
    path("sheets/new/", goods_sheets.sheet_new, name="sheet_new"),
    path("sheets/<uuid:uid>/", goods_sheets.sheet, name="sheet"),
    path("sheets/<uuid:uid>/people/new/", goods_sheets.people_new, name="people_new"),
    path("sheets/<uuid:uid>/sign/", goods_sheets.sign, name="sheet_sign"),
    path("sheets/<uuid:uid>/count/", goods_sheets.count, name="sheet_count"),
    path("sheets/<uuid:uid>/return/", goods_sheets.give_back, name="sheet_return"),
    path("sheets/<uuid:uid>/cancel/", goods_sheets.cancel, name="sheet_cancel"),
    path("sheets/<uuid:uid>/paper/", goods_sheets.paper, name="sheet_paper"),
    path("lines/<uuid:uid>/sign/", goods_sheets.sign_line, name="line_sign"),
    path("lines/<uuid:uid>/drop/", goods_sheets.drop_line, name="line_drop"),
    path("files/<uuid:uid>/", goods_lots.file, name="file"),
]
