-- One row per launch of a campaign. planning: the ledger or the outbox may lack its part; planned: both are whole.
create table runs (
    id bigint generated always as identity primary key,
    campaign_id bigint not null unique,
    segment_id bigint not null,
    segment_version integer,
    template_id bigint not null,
    template_version integer not null,
    offer_id bigint,
    purpose text not null,
    channel text not null,
    holdout_share double precision not null,
    salt text not null,
    decided_at timestamptz not null,
    planned_at timestamptz not null,
    send_from time not null,
    send_to time not null,
    window_to timestamptz not null,
    state text not null check (state in ('planning', 'planned')),
    cancelled boolean not null default false
);
create index runs_planning on runs (id) where state = 'planning';
