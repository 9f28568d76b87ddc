-- Comes before every script. Without these two lines SQL*Plus ends with 0 whatever went wrong.
-- Not EXIT SQL.SQLCODE: an exit code has eight bits, so ORA-01536 (quota exceeded, 6 x 256) would be a success.
WHENEVER SQLERROR EXIT FAILURE ROLLBACK
WHENEVER OSERROR EXIT 9
SET ECHO OFF VERIFY OFF FEEDBACK OFF HEADING OFF PAGESIZE 0 LINESIZE 500 TRIMOUT ON TAB OFF SQLBLANKLINES ON
CONNECT / AS SYSDBA
