-- Whether nobody asked for the erasure: then what the person does later lets them in again.
alter table erasures add column may_return boolean not null default false;
