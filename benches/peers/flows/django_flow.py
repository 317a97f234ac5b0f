"""Django's side: `django_flow.py URL ACCOUNTS` creates its tables and accounts, then reads orders,
one a line, and responds to each with a line.

- `prepare` empties the outbox.
- `flow ACCOUNT PASSWORD` runs one flow. The response is the seconds of the request, of the look at
  the link, and of the reset.
- `count ACCOUNT PASSWORD` does the same, prints `step` after each step, and waits for a line.
- `finish PASSWORD` checks the flows since `prepare`, which have set this password.

It has what makes Django fast: a connection that stays, an index for the form's search, prepared
statements, cached templates, no translations, no debugging, and no hashing.
"""

import pathlib
import re
import sys
from time import perf_counter

try:
    import django
    import psycopg
except ImportError as error:
    print(f"skipped: Django: {error}")
    sys.exit()

from django.conf import settings
from django.contrib.auth.hashers import BasePasswordHasher

VALIDATORS = ["MinimumLength", "CommonPassword", "NumericPassword"]

database = psycopg.conninfo.conninfo_to_dict(sys.argv[1])
prepared = {"server_side_binding": True, "prepare_threshold": 0}
settings.configure(
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
        for name in VALIDATORS
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database.pop("dbname"),
            "OPTIONS": database | prepared,
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_FROM_EMAIL="Example <accounts@example.com>",
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    PASSWORD_HASHERS=["__main__.Unhashed"],
    ROOT_URLCONF="__main__",
    SECRET_KEY="a key as long as the one that a new project of Django's is given",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            # The mail's template is part of the admin. Nothing else of the admin is needed.
            "DIRS": [pathlib.Path(django.__file__).parent / "contrib/admin/templates"],
            "APP_DIRS": True,
        }
    ],
    USE_I18N=False,
)
django.setup()

from django.contrib.auth.forms import PasswordResetForm, SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.urls import path

urlpatterns = [
    path(
        "reset/<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    )
]
view = PasswordResetConfirmView()


class Unhashed(BasePasswordHasher):
    algorithm = "unhashed"

    def salt(self):
        return ""

    def encode(self, password, salt):
        return f"{self.algorithm}${password}"


def create(accounts):
    call_command("migrate", verbosity=0)
    emails = [f"user{number}@example.com" for number in range(accounts)]
    User.objects.bulk_create(
        User(username=email, email=email, password="unhashed$the old one")
        for email in emails
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON auth_user (upper(email::text))")


def is_good(uid, token):
    user = view.get_user(uid)
    return view.token_generator.check_token(user, token) and user


def flow(email, password, links):
    """Yields the seconds of each step, and keeps the link that it uses."""
    start = perf_counter()
    form = PasswordResetForm({"email": email})
    assert form.is_valid()
    form.save(domain_override="app.example.com", use_https=True)
    yield perf_counter() - start
    link = re.search(r"/reset/(.+)/(.+)/", mail.outbox[-1].body).groups()
    links.append(link)

    start = perf_counter()
    assert is_good(*link)
    yield perf_counter() - start

    start = perf_counter()
    user = is_good(*link)
    assert user
    form = SetPasswordForm(user, {"new_password1": password, "new_password2": password})
    assert form.is_valid()
    form.save()
    yield perf_counter() - start


def prepare():
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE auth_user")
    mail.outbox = []


def finish(password, links):
    done = User.objects.filter(password=f"unhashed${password}").count()
    assert done == len(mail.outbox) == len(links)
    assert not any(is_good(*link) for link in links)


def main():
    create(int(sys.argv[2]))
    print(f"Django {django.__version__}", flush=True)
    links = []
    for order in sys.stdin:
        what, *rest = order.rstrip("\n").split(" ", 1 if order.startswith("finish") else 2)
        match what:
            case "prepare":
                prepare()
                links = []
                print("prepared", flush=True)
            case "finish":
                finish(rest[0], links)
                print("finished", flush=True)
            case _:
                seconds = []
                for step in flow(f"user{rest[0]}@example.com", rest[1], links):
                    seconds.append(step)
                    if what == "count":
                        print("step", flush=True)
                        sys.stdin.readline()
                print(*seconds, flush=True)


main()
