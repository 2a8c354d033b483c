create table users (
    id bigint generated always as identity primary key,
    email text not null unique,
    name text not null,
    password_hash text not null,
    roles text[] not null,
    created_at timestamptz not null
);
create table api_keys (
    id bigint generated always as identity primary key,
    name text not null,
    secret_hash bytea not null unique,
    hint text not null,
    roles text[] not null,
    created_at timestamptz not null,
    created_by text not null,
    revoked_at timestamptz
);
-- One row per administrative change; never updated, never deleted.
create table audit_trail (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    action text not null,
    thing text not null,
    detail text not null
);
