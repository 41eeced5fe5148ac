"""A volunteer checks in for a shift that is closed for sign-up: the post is named by the own promise."""

from django.db import migrations

from msw_portal.kernel.walls import Definer

POST_OF_SIGNUP = """
  select s.post_id from volunteers_signup u join volunteers_shift s on s.id = u.shift_id
   where u.id = p_signup and u.organization_id in (app.org(), app.guest())
     and (app.org() is not null or u.user_id = app.usr())
"""


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0002_walls")]
    operations = [
        Definer(
            "post_of_signup(p_signup bigint)",
            "bigint",
            POST_OF_SIGNUP,
            language="sql",
            volatility="STABLE",
        ),
    ]
