-- The value an objective had at its deadline, recorded once when the grace after it has passed; null before.
alter table objectives add column closing_value double precision;
alter table objectives add column closing_customers bigint;
alter table objectives add column closed_at timestamptz;
