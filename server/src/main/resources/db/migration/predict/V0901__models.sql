-- One row per fit of each model, or per attempt for which there was too little to learn from; never updated.
create table models (
    name text not null,
    version int not null,
    batch text not null,
    fitted boolean not null,
    fitted_at timestamptz not null,
    data_from date not null,
    data_to date not null,
    customers bigint not null,
    log_likelihood double precision,
    card jsonb not null,
    primary key (name, version),
    unique (name, batch)
);
