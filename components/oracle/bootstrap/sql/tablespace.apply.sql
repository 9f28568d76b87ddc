ALTER SESSION SET CONTAINER = &container;
-- Bounded, for Express Edition holds 12 GB of data in all.
CREATE TABLESPACE &name DATAFILE '&file' SIZE 25M REUSE AUTOEXTEND ON MAXSIZE 1G;
