"""fastapi-users' side. It takes the same orders as django_flow.py.

It is written as its documentation shows: UUIDs, and for each request a session, with the
transactions that SQLAlchemy begins. What fastapi-users leaves to the host is written here: a mail,
which the standard library composes, and a look at a link, which does what its reset begins with. No
password is checked, since fastapi-users has no policy. It has what makes it fast: a connection that
stays, an index for its search, prepared statements, and no hashing.
"""

import asyncio
import re
import sys
from contextlib import asynccontextmanager
from email.message import EmailMessage
from time import perf_counter

try:
    import asyncpg
    import fastapi_users
    from fastapi_users_db_sqlalchemy import (
        SQLAlchemyBaseUserTableUUID,
        SQLAlchemyUserDatabase,
    )
except ImportError as error:
    print(f"skipped: fastapi-users: {error}")
    sys.exit()

from fastapi_users.exceptions import InvalidResetPasswordToken
from fastapi_users.jwt import decode_jwt
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

# asyncpg understands all of the URL; SQLAlchemy does not.
engine = create_async_engine(
    "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(sys.argv[1])
)
sessions = async_sessionmaker(engine, expire_on_commit=False)
outbox = []


class Base(DeclarativeBase):
    pass


class User(SQLAlchemyBaseUserTableUUID, Base):
    pass


class Unhashed:
    def hash(self, password):
        return f"unhashed${password}"

    def verify_and_update(self, password, hashed):
        return self.hash(password) == hashed, None


class Manager(fastapi_users.UUIDIDMixin, fastapi_users.BaseUserManager):
    reset_password_token_secret = "a key that is longer than an HMAC with SHA-256 needs"

    async def on_after_forgot_password(self, user, token, request=None):
        mail = EmailMessage()
        mail["From"] = "Example <accounts@example.com>"
        mail["To"] = user.email
        mail["Subject"] = "Set a new password"
        mail.set_content(
            "Somebody asked for a link to set a new password for your account:\n\n"
            f"https://app.example.com/reset?token={token}\n\n"
            "If it was not you, there is nothing to do.\n"
        )
        outbox.append(mail)

    async def look(self, token):
        audience = [self.reset_password_token_audience]
        data = decode_jwt(token, self.reset_password_token_secret, audience)
        user = await self.get(self.parse_id(data["sub"]))
        is_good, _ = self.password_helper.verify_and_update(
            user.hashed_password, data["password_fgpt"]
        )
        return is_good


@asynccontextmanager
async def manager():
    async with sessions() as session:
        yield Manager(SQLAlchemyUserDatabase(session, User), Unhashed())


async def create(accounts):
    emails = [f"user{number}@example.com" for number in range(accounts)]
    users = [{"email": email, "hashed_password": "the old one"} for email in emails]
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(text('CREATE INDEX ON "user" (lower(email))'))
        await connection.execute(insert(User), users)


async def flow(email, password, tokens):
    """Yields the seconds of each step, and keeps the token that it uses."""
    start = perf_counter()
    async with manager() as users:
        await users.forgot_password(await users.get_by_email(email))
    yield perf_counter() - start
    token = re.search(r"token=(\S+)", outbox[-1].get_content())[1]
    tokens.append(token)

    start = perf_counter()
    async with manager() as users:
        assert await users.look(token)
    yield perf_counter() - start

    start = perf_counter()
    async with manager() as users:
        await users.reset_password(token, password)
    yield perf_counter() - start


async def is_refused(token):
    try:
        async with manager() as users:
            await users.reset_password(token, "Another one")
    except InvalidResetPasswordToken:
        return True
    return False


async def prepare():
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text('VACUUM ANALYZE "user"'))
    outbox.clear()


async def finish(password, tokens):
    changed = select(func.count()).where(User.hashed_password == f"unhashed${password}")
    async with sessions() as session:
        assert await session.scalar(changed) == len(outbox) == len(tokens)
    assert all([await is_refused(token) for token in tokens])


async def main():
    await create(int(sys.argv[2]))
    print(f"fastapi-users {fastapi_users.__version__}", flush=True)
    tokens = []
    for order in sys.stdin:
        what, *rest = order.rstrip("\n").split(" ", 1 if order.startswith("finish") else 2)
        match what:
            case "prepare":
                await prepare()
                tokens = []
                print("prepared", flush=True)
            case "finish":
                await finish(rest[0], tokens)
                print("finished", flush=True)
            case _:
                seconds = []
                async for step in flow(f"user{rest[0]}@example.com", rest[1], tokens):
                    seconds.append(step)
                    if what == "count":
                        print("step", flush=True)
                        sys.stdin.readline()
                print(*seconds, flush=True)
    await engine.dispose()


asyncio.run(main())
