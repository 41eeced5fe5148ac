"""The walls of contracts, banked needs, kits and programmes; a published kit stays as it is."""

from importlib import import_module

from django.db import migrations

from msw_portal.kernel.walls import Trigger, Wall

same_house = import_module("cases.migrations.0003_triggers").same_house


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_cultivation")]
    operations = [
        Wall("projects.PurchaseContract", "SHARED", grant="SELECT, INSERT, UPDATE"),
        Wall("projects.NeedBankEntry", "RELEASED"),
        Wall("projects.ReplicationKit", "OPEN"),
        Wall("projects.ProgrammeProfile", "OPEN", grant="SELECT, INSERT, UPDATE"),
        Trigger("projects.PurchaseContract", "keep_parties", "BEFORE UPDATE", "app.keep_parties()"),
        Trigger(
            "projects.PurchaseContract",
            "take_parties",
            "BEFORE INSERT OR UPDATE",
            "app.take_parties('projects_project', 'project_id')",
        ),
        Trigger(
            "projects.ReplicationKit",
            "kit_is_frozen",
            "BEFORE UPDATE OR DELETE",
            "app.freeze_when('published_at')",
        ),
        same_house("projects.ReplicationKit", project_id="projects_project"),
    ]
