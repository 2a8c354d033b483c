-- how many items a source sent on a day, in the company's zone, that are not in the history, by what became of them:
-- duplicate, rejected or set_aside
create table intake_days (
    source_id integer not null references sources (id),
    day date not null,
    fate text not null,
    items bigint not null,
    primary key (source_id, day, fate)
);
-- one row per day whose quality was measured
create table quality_runs (
    day date primary key,
    measured_at timestamptz not null
);
-- one row per source and measured day; shares are 0 to 1, null where there was nothing to tell by
create table quality_days (
    source_id integer not null references sources (id),
    day date not null,
    events bigint not null,
    duplicates bigint not null,
    rejected bigint not null,
    set_aside bigint not null,
    late bigint not null,
    completeness double precision,
    validity double precision,
    uniqueness double precision,
    timeliness double precision,
    stability double precision,
    score double precision not null,
    primary key (source_id, day)
);
-- one row per source, day and event; name is empty for calls without one
create table quality_calls (
    source_id integer not null references sources (id),
    day date not null,
    type text not null,
    name text not null,
    events bigint not null,
    primary key (source_id, day, type, name)
);
-- one row per source, day, event and field: how often it could have been filled and was, how many values differed (null
-- when only a part of the day was looked at), their shapes, and by shape how many fell into which bin; never a value
create table quality_fields (
    source_id integer not null references sources (id),
    day date not null,
    type text not null,
    name text not null,
    field text not null,
    parents bigint not null,
    filled bigint not null,
    distinct_values bigint,
    shapes jsonb not null,
    bins jsonb not null,
    usual_shape text,
    usual_filled double precision,
    drift double precision,
    drift_bound double precision,
    primary key (source_id, day, type, name, field)
);
-- one row per time something was not as usual; type, name and field are empty where it is about more than one
create table quality_alerts (
    id bigint generated always as identity primary key,
    source_id integer not null references sources (id),
    type text not null,
    name text not null,
    field text not null,
    rule text not null,
    barrier text not null,
    usual double precision not null,
    found double precision not null,
    first_day date not null,
    last_day date not null,
    opened_at timestamptz not null,
    ended_on date,
    ended text
);
create unique index quality_alerts_open on quality_alerts (source_id, type, name, field, rule) where ended_on is null;
