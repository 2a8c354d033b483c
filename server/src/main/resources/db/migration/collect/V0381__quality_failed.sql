-- Why a day could not be measured; it is tried again. Null: it was.
alter table quality_runs add column problem text;
