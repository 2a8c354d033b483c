-- false from the moment an import is undone until the lines that other imports had too are theirs
alter table imports add column settled boolean not null default true;
