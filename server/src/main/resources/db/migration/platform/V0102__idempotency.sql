-- One row per creation that was asked for under an Idempotency-Key: the answer given, to be given again.
create table idempotent_answers (
    caller text not null,
    key text not null,
    request_hash bytea not null,
    status int,
    content_type text,
    body bytea,
    created_at timestamptz not null,
    primary key (caller, key)
);
create index idempotent_answers_age on idempotent_answers (created_at);
