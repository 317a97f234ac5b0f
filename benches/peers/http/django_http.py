"""Django's side: `django_http.py DATABASE ACCOUNTS SOCKET WORKERS THREADS` creates tables and
accounts, prints its address, and serves Django's own password reset under gunicorn until its
standard input ends.

The settings are those of a new project, with its middleware and its sessions in the database, but
without debugging, with connections that stay, cached templates, and an index for the form's
search. A mail is composed as for a server, and its link goes to a socket.
"""

import os
import re
import signal
import socket
import sys
import threading

try:
    import django
    import psycopg
    from gunicorn.app.base import BaseApplication
except ImportError as error:
    print(f"skipped: Django: {error}")
    sys.exit()

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

url, accounts, post, workers, threads = sys.argv[1:]


def database():
    if url.startswith("sqlite:"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": url.split("?")[0][7:]}
    parts = psycopg.conninfo.conninfo_to_dict(url)
    options = {"server_side_binding": True, "prepare_threshold": 0}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname"),
        "OPTIONS": parts | options,
    }


settings.configure(
    ALLOWED_HOSTS=["app.example.com"],
    AUTH_PASSWORD_VALIDATORS=[
        {"NAME": f"django.contrib.auth.password_validation.{name}Validator"}
        for name in [
            "UserAttributeSimilarity",
            "MinimumLength",
            "CommonPassword",
            "NumericPassword",
        ]
    ],
    # A proxy before Django would end TLS.
    CSRF_TRUSTED_ORIGINS=["https://app.example.com"],
    DATABASES={"default": database() | {"CONN_MAX_AGE": None}},
    DEFAULT_FROM_EMAIL="Example <accounts@example.com>",
    EMAIL_BACKEND="django_http.Datagrams",
    INSTALLED_APPS=[
        f"django.contrib.{name}"
        for name in ["admin", "auth", "contenttypes", "sessions", "messages", "staticfiles"]
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ROOT_URLCONF="django_http",
    SECRET_KEY="a key as long as the one that a new project of Django's is given",
    STATIC_URL="static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    USE_I18N=True,
    USE_TZ=True,
)
# The settings name this module `django_http`, although it was started as a program.
sys.modules["django_http"] = sys.modules[__name__]
django.setup()

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("django.contrib.auth.urls")),
]


class Datagrams(BaseEmailBackend):
    socket = None

    def send_messages(self, messages):
        if Datagrams.socket is None:
            Datagrams.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            Datagrams.socket.connect(post)
        for message in messages:
            message.message().as_bytes()
            link = re.search(r"https?://\S+", message.body)[0]
            Datagrams.socket.send(f"{message.to[0]}\n{link}".encode())
        return len(messages)


def create():
    call_command("migrate", verbosity=0)
    emails = [f"known{10000 + number}@example.com" for number in range(int(accounts))]
    User.objects.bulk_create(
        (User(username=email, email=email, password="md5$salt$old") for email in emails), 1000
    )
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("CREATE INDEX email ON auth_user (email COLLATE NOCASE)")
        else:
            cursor.execute("CREATE INDEX ON auth_user (upper(email::text))")
        cursor.execute("ANALYZE")
    # Workers are forked, and each must open its own connections.
    connections.close_all()


class Application(BaseApplication):
    def load_config(self):
        self.cfg.set("bind", "127.0.0.1:0")
        self.cfg.set("workers", int(workers))
        self.cfg.set("threads", int(threads))
        self.cfg.set("worker_class", "gthread" if int(threads) > 1 else "sync")
        self.cfg.set("keepalive", 75)
        self.cfg.set("loglevel", "error")
        self.cfg.set("preload_app", True)
        self.cfg.set("when_ready", self.ready)

    def load(self):
        return get_wsgi_application()

    def ready(self, arbiter):
        host, port = arbiter.LISTENERS[0].sock.getsockname()
        threading.Thread(target=self.wait, daemon=True).start()
        print(f"{host}:{port}", flush=True)

    def wait(self):
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGTERM)


create()
Application().run()
