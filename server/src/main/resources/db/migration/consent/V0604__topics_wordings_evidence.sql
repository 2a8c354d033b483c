-- What customers can choose to hear of. '' as a topic elsewhere means everything.
create table consent_topics (
    code text primary key check (code <> ''),
    name_en text not null,
    name_zh text not null,
    about_en text not null,
    about_zh text not null,
    retired boolean not null default false,
    created_at timestamptz not null
);

-- What customers are asked, word for word. A version is never changed.
create table consent_wordings (
    code text not null,
    version int not null,
    created_at timestamptz not null,
    created_by text not null,
    primary key (code, version)
);
-- One row per country and language of a version; country '' is every other one.
create table consent_wording_texts (
    code text not null,
    version int not null,
    country text not null,
    language text not null,
    body text not null,
    primary key (code, version, country, language),
    foreign key (code, version) references consent_wordings
);

-- What shows that something was said: one row per saying that came with a wording or a proof. The proof is sealed.
create table consent_evidence (
    id bigint generated always as identity primary key,
    customer_id bigint not null,
    purpose text not null,
    channel text not null,
    topic text not null,
    granted boolean not null,
    source text not null,
    said_at timestamptz not null,
    wording text,
    language text,
    sealed_proof bytea
);
create index consent_evidence_customer on consent_evidence (customer_id);

-- What was said until now was said of every topic.
alter table consents add column topic text not null default '', add column evidence bigint not null default 0,
    add column decided_evidence bigint not null default 0, add column plain_evidence bigint not null default 0;
alter table consents drop constraint consents_pkey, add primary key (customer_id, purpose, channel, topic);
alter table consent_statements add column topic text not null default '';
alter table consent_statements drop constraint consent_statements_pkey,
    add primary key (identity_id, stated_by, purpose, channel, topic);
alter table consent_changes_pending add column topic text not null default '', add column evidence bigint not null default 0;

-- An address may be on the list for several reasons, and for one topic only.
alter table suppressions add column topic text not null default '', add column note text;
alter table suppressions drop constraint suppressions_pkey, add primary key (channel, address_hash, topic, reason);

-- What holds for marketing to customers of one country.
create table consent_countries (
    country text primary key,
    zone text,
    send_from time,
    send_to time,
    quiet_days text[] not null,
    double_opt_in boolean not null
);
