-- What the messages of a run are about, and their category in the contact budget.
alter table runs add column topic text, add column category text not null default 'promotion';
