-- One row per erasure. requested: to be begun; hidden: nothing personal is readable any more, in no backup either, with the
-- key file as it is; finished: the files of both stores are written anew without the person. It says nothing of who it was.
create table erasures (
    id bigint generated always as identity primary key,
    state text not null check (state in ('requested', 'hidden', 'finished')),
    reason text not null,
    requested_by text not null,
    requested_at timestamptz not null,
    due_at timestamptz not null,
    hidden_at timestamptz,
    finished_at timestamptz,
    rows_removed bigint,
    keys_destroyed integer,
    -- keys to be destroyed; null once they are
    leaves bigint[]
);
create index erasures_open on erasures (id) where state <> 'finished';
-- One row per id of a person being erased and the random one that takes its place; gone when the erasure is finished.
create table erasure_ids (
    erasure_id bigint not null references erasures (id),
    old_id bigint not null,
    new_id bigint not null,
    primary key (erasure_id, old_id)
);
