"""Addresses of studies, their sheets, actions and questionnaires."""

from django.urls import path

from projects.views import (
    questionnaires,
    survey_actions,
    survey_results,
    survey_sheets,
    surveys,
)

app_name = "surveys"
urlpatterns = [
    path("", surveys.listing, name="list"),
    path("new/", surveys.survey_new, name="survey_new"),
    path("actions/", survey_actions.actions, name="actions"),
    path("actions/new/", survey_actions.action_new, name="action_new"),
    path("actions/<uuid:uid>/", survey_actions.action, name="action"),
    path("actions/<uuid:uid>/edit/", survey_actions.action_edit, name="action_edit"),
    path("actions/<uuid:uid>/finish/", survey_actions.action_finish, name="action_finish"),
    path("actions/<uuid:uid>/drop/", survey_actions.action_drop, name="action_drop"),
    path("actions/<uuid:uid>/reopen/", survey_actions.action_reopen, name="action_reopen"),
    path("questionnaires/", questionnaires.listing, name="questionnaires"),
    path("questionnaires/new/", questionnaires.begin, name="questionnaire_new"),
    path("questionnaires/<uuid:uid>/", questionnaires.questionnaire, name="questionnaire"),
    path("questionnaires/<uuid:uid>/look/", questionnaires.look, name="questionnaire_look"),
    path("questionnaires/<uuid:uid>/head/", questionnaires.head, name="questionnaire_head"),
    path("questionnaires/<uuid:uid>/items/new/", questionnaires.item_new, name="item_new"),
    path(
        "questionnaires/<uuid:uid>/items/<slug:code>/", questionnaires.item_edit, name="item_edit"
    ),
    path(
        "questionnaires/<uuid:uid>/items/<slug:code>/move/",
        questionnaires.item_move,
        name="item_move",
    ),
    path(
        "questionnaires/<uuid:uid>/items/<slug:code>/remove/",
        questionnaires.item_remove,
        name="item_remove",
    ),
    path(
        "questionnaires/<uuid:uid>/step/<slug:step>/",
        questionnaires.step,
        name="questionnaire_step",
    ),
    path("groups/<uuid:uid>/", surveys.units, name="units"),
    path("groups/<uuid:uid>/edit/", surveys.group_edit, name="group_edit"),
    path("groups/<uuid:uid>/remove/", surveys.group_remove, name="group_remove"),
    path("groups/<uuid:uid>/new/", surveys.unit_new, name="unit_new"),
    path("units/<uuid:uid>/void/", surveys.unit_void, name="unit_void"),
    path("sheets/<uuid:uid>/void/", survey_sheets.sheet_void, name="sheet_void"),
    path("advice/<uuid:uid>/remove/", survey_results.advice_remove, name="advice_remove"),
    path("<uuid:uid>/", surveys.survey, name="survey"),
    path("<uuid:uid>/edit/", surveys.survey_edit, name="survey_edit"),
    path("<uuid:uid>/step/<slug:step>/", surveys.survey_step, name="survey_step"),
    path("<uuid:uid>/groups/new/", surveys.group_new, name="group_new"),
    path("<uuid:uid>/code/", survey_sheets.code, name="code"),
    path("<uuid:uid>/code/new/", survey_sheets.code_new, name="code_new"),
    path("<uuid:uid>/code/end/", survey_sheets.code_end, name="code_end"),
    path("<uuid:uid>/sheets/", survey_sheets.sheets, name="sheets"),
    path("<uuid:uid>/sheets/new/", survey_sheets.sheet_new, name="sheet_new"),
    path("<uuid:uid>/sheets/look/", survey_sheets.sheet_look, name="sheet_look"),
    path("<uuid:uid>/results/", survey_results.results, name="results"),
    path("<uuid:uid>/findings/", survey_results.findings, name="findings"),
    path("<uuid:uid>/advice/new/", survey_results.advice_new, name="advice_new"),
    path("<uuid:uid>/report.pdf", survey_results.report, name="report"),
]
# Without an account, mounted at the root.
public_patterns = (
    [
        path("q/<str:token>/", survey_sheets.sheet, name="sheet"),
        path("q/<str:token>/look/", survey_sheets.public_look, name="sheet_look"),
    ],
    "sheets",
)
