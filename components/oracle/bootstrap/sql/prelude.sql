-- Runs before every script. Without these two lines SQL*Plus exits with 0 even after errors.
-- Not EXIT SQL.SQLCODE: an exit code has eight bits, so ORA-01536 (quota exceeded, 6 x 256) would be a success.
WHENEVER SQLERROR EXIT FAILURE ROLLBACK
WHENEVER OSERROR EXIT 9
SET ECHO OFF VERIFY OFF FEEDBACK OFF HEADING OFF PAGESIZE 0 LINESIZE 500 TRIMOUT ON TAB OFF SQLBLANKLINES ON
CONNECT / AS SYSDBA
