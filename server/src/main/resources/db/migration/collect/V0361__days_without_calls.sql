-- a day on which nothing came has no score
alter table quality_days alter column score drop not null;
update quality_days set score = null where events = 0 and rejected = 0 and set_aside = 0;
