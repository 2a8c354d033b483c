-- What was decided last (by an act, or by a statement that changed) and what was stated last without being a change: the
-- former outweighs the latter, and a merge of customers must know both. set_at and seq are those of the last row of the
-- history, granted is what follows from both.
alter table consents
    add column decided boolean,
    add column decided_source text,
    add column decided_at timestamptz,
    add column decided_seq bigint,
    add column plain boolean,
    add column plain_source text,
    add column plain_at timestamptz,
    add column plain_seq bigint;

-- Of what stood until now nobody knows how it was said: a withdrawal counts as decided, a statement's yes as plain.
update consents
set decided = granted, decided_source = source, decided_at = set_at, decided_seq = seq
where not granted or source not like 'source %';
update consents
set plain = granted, plain_source = source, plain_at = set_at, plain_seq = seq
where granted and source like 'source %';

-- One row per identity, source, purpose and channel: what that source stated of that identity last. Not of the person: when
-- identities turn out to be one person, the repetition of one's statement is no change of the other's.
create table consent_statements (
    identity_id bigint not null,
    stated_by text not null,
    purpose text not null,
    channel text not null,
    stated boolean not null,
    stated_at timestamptz not null,
    primary key (identity_id, stated_by, purpose, channel)
);
-- Which source that was is known only where its statement still stands; what others say next counts as said first.
insert into consent_statements (identity_id, stated_by, purpose, channel, stated, stated_at)
select customer_id, source, purpose, channel, stated, stated_at
from consents where stated_at is not null and source like 'source %';
alter table consents drop column stated, drop column stated_at;
