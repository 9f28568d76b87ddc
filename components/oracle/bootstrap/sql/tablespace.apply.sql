ALTER SESSION SET CONTAINER = &container;
-- Limited, because Express Edition allows 12 GB of data in total.
CREATE TABLESPACE &name DATAFILE '&file' SIZE 25M REUSE AUTOEXTEND ON MAXSIZE 1G;
