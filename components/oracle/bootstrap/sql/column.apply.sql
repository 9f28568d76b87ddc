ALTER SESSION SET CONTAINER = &container;
-- In a table that was made before the contract had the column.
ALTER TABLE &schema..&table ADD (&definition);
