ALTER SESSION SET CONTAINER = &container;
CREATE INDEX &schema..&index ON &schema..&table (&columns);
