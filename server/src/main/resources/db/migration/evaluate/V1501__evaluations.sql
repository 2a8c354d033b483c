-- One row per run whose window has closed and whose outcomes are recorded.
create table evaluations (
    run_id bigint primary key,
    campaign_id bigint not null,
    measured_at timestamptz not null
);
