create table objectives (
    id bigint generated always as identity primary key,
    kind text not null,
    name text not null,
    metric text not null,
    unit text not null,
    segment_id bigint,
    window_days integer not null,
    baseline double precision not null,
    baseline_customers bigint not null,
    measured_at timestamptz not null,
    target double precision not null,
    deadline date not null,
    created_at timestamptz not null,
    created_by text not null
);
create table offers (
    id bigint generated always as identity primary key,
    name text not null,
    kind text not null,
    value numeric(18, 4) not null,
    currency text,
    cost_per_use numeric(18, 4) not null,
    budget numeric(18, 4),
    expires_at timestamptz not null,
    redeemed bigint not null default 0,
    created_at timestamptz not null,
    created_by text not null
);
-- One row per code of an offer; taken by at most one message at a time.
create table coupons (
    id bigint generated always as identity primary key,
    offer_id bigint not null references offers,
    code text not null unique,
    message_id bigint unique,
    customer_id bigint,
    taken_at timestamptz,
    redeemed_order text,
    redeemed_at timestamptz
);
-- Free codes are found in order without looking at the used ones.
create index coupons_free on coupons (offer_id, id) where message_id is null;
create table templates (
    id bigint generated always as identity primary key,
    version integer not null,
    created_at timestamptz not null
);
-- One row per version ever saved; never updated: what was sent can always be read again.
create table template_versions (
    template_id bigint not null references templates,
    version integer not null,
    name text not null,
    channel text not null,
    subject text not null,
    html text not null,
    body_text text not null,
    saved_at timestamptz not null,
    saved_by text not null,
    primary key (template_id, version)
);
create table campaigns (
    id bigint generated always as identity primary key,
    name text not null,
    objective_id bigint not null references objectives,
    segment_id bigint not null,
    segment_version integer,
    template_id bigint not null references templates,
    template_version integer,
    offer_id bigint references offers,
    holdout_share double precision not null,
    send_from time not null,
    send_to time not null,
    start_at timestamptz,
    attribution_days integer not null,
    message_cost numeric(18, 4) not null,
    state text not null,
    author text not null,
    approver text,
    approved_at timestamptz,
    forecast jsonb,
    run_id bigint,
    created_at timestamptz not null
);
