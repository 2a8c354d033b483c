-- One row: how many transactions wrote down what became of messages. The journal of what is being sent counts them too: when
-- it knows of more, this database was put back to an earlier time.
create table outbox_endings (
    only_row boolean primary key default true check (only_row),
    transactions bigint not null
);
insert into outbox_endings (transactions) values (0);
