-- What a campaign is about, as customers choose topics, and what it is for them: the contact budget has limits by category.
alter table campaigns add column topic text, add column category text not null default 'promotion';
