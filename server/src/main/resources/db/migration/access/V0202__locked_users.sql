-- Since when a user may not sign in; null for one who may.
alter table users add column locked_at timestamptz;
