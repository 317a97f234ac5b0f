-- The tables that a service already has. `migrate()` adds the library's own table.

-- `Users::new("users")` expects the columns `id`, `email` and `password_hash`.
CREATE TABLE users (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email TEXT NOT NULL,
    password_hash TEXT -- NULL until a first password is set
);
CREATE UNIQUE INDEX users_by_login ON users (lower(email));

-- A new password ends the account's sessions.
CREATE TABLE sessions (
    digest BYTEA PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX sessions_by_user ON sessions (user_id);

INSERT INTO users (email) VALUES ('alice@example.com');
