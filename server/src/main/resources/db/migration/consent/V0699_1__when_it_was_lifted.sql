-- A yes of March took nothing off that was put there in April.
alter table lifted_suppressions add column lifted_at timestamptz not null default 'infinity';
alter table lifted_suppressions alter column lifted_at drop default;
