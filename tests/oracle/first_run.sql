-- open.check.sql
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM v$instance i CROSS JOIN v$pdbs p
WHERE i.status = 'OPEN' AND p.name = 'XEPDB1' AND p.open_mode = 'READ WRITE';

-- password.check.sql
-- A refused login is a result here, not an error. After DISCONNECT, a refused login leaves no session.
PROMPT missing
WHENEVER SQLERROR CONTINUE
DISCONNECT
CONNECT SYS/"<password of SYS>"@//localhost:1521/XE AS SYSDBA
SELECT CASE WHEN USER = 'SYS' THEN 'converged' ELSE 'missing' END FROM dual;

-- password.apply.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
ALTER USER SYS IDENTIFIED BY "<password of SYS>";

-- password.check.sql
-- A refused login is a result here, not an error. After DISCONNECT, a refused login leaves no session.
PROMPT missing
WHENEVER SQLERROR CONTINUE
DISCONNECT
CONNECT SYSTEM/"<password of SYSTEM>"@//localhost:1521/XE
SELECT CASE WHEN USER = 'SYSTEM' THEN 'converged' ELSE 'missing' END FROM dual;

-- password.apply.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
ALTER USER SYSTEM IDENTIFIED BY "<password of SYSTEM>";

-- locked.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 0 THEN 'converged' ELSE 'missing' END
FROM dba_users
WHERE username = 'PDBADMIN' AND account_status NOT LIKE '%LOCKED%';

-- locked.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
ALTER USER PDBADMIN ACCOUNT LOCK;

-- recovery.check.sql
SELECT CASE WHEN COUNT(*) = 2 THEN 'converged' ELSE 'missing' END
FROM v$parameter
WHERE (name = 'db_recovery_file_dest' AND value = '/opt/oracle/oradata/recovery')
   OR (name = 'db_recovery_file_dest_size' AND TO_NUMBER(value) = 25 * 1073741824);

-- recovery.apply.sql
-- The size comes first: Oracle refuses a destination without one (ORA-19802).
ALTER SYSTEM SET db_recovery_file_dest_size = 25G SCOPE = BOTH;
ALTER SYSTEM SET db_recovery_file_dest = '/opt/oracle/oradata/recovery' SCOPE = BOTH;

-- replication.check.sql
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM v$parameter
WHERE name = 'enable_goldengate_replication' AND value = 'TRUE';

-- replication.apply.sql
ALTER SYSTEM SET enable_goldengate_replication = TRUE SCOPE = BOTH;

-- archivelog.check.sql
SELECT CASE WHEN log_mode = 'ARCHIVELOG' THEN 'converged' ELSE 'missing' END FROM v$database;

-- archivelog.apply.sql
SHUTDOWN IMMEDIATE
STARTUP MOUNT
ALTER DATABASE ARCHIVELOG;
ALTER DATABASE OPEN;

-- pluggable.check.sql
SELECT CASE WHEN COUNT(*) = 0 THEN 'converged' ELSE 'missing' END
FROM v$pdbs p LEFT JOIN dba_pdb_saved_states s ON s.con_name = p.name AND s.state = 'OPEN'
WHERE p.name <> 'PDB$SEED' AND (p.open_mode <> 'READ WRITE' OR s.con_name IS NULL);

-- pluggable.apply.sql
ALTER PLUGGABLE DATABASE ALL OPEN;
ALTER PLUGGABLE DATABASE ALL SAVE STATE;

-- supplemental.check.sql
SELECT CASE WHEN supplemental_log_data_min = 'YES' THEN 'converged' ELSE 'missing' END FROM v$database;

-- supplemental.apply.sql
ALTER DATABASE ADD SUPPLEMENTAL LOG DATA;

-- tablespace.check.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tablespaces
WHERE tablespace_name = 'XSTREAM_ADM_TBS';

-- tablespace.apply.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
-- Limited, because Express Edition allows 12 GB of data in total.
CREATE TABLESPACE XSTREAM_ADM_TBS DATAFILE '/opt/oracle/oradata/XE/xstream_adm_tbs.dbf' SIZE 25M REUSE AUTOEXTEND ON MAXSIZE 1G;

-- tablespace.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tablespaces
WHERE tablespace_name = 'XSTREAM_ADM_TBS';

-- tablespace.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
-- Limited, because Express Edition allows 12 GB of data in total.
CREATE TABLESPACE XSTREAM_ADM_TBS DATAFILE '/opt/oracle/oradata/XE/XEPDB1/xstream_adm_tbs.dbf' SIZE 25M REUSE AUTOEXTEND ON MAXSIZE 1G;

-- tablespace.check.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tablespaces
WHERE tablespace_name = 'XSTREAM_TBS';

-- tablespace.apply.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
-- Limited, because Express Edition allows 12 GB of data in total.
CREATE TABLESPACE XSTREAM_TBS DATAFILE '/opt/oracle/oradata/XE/xstream_tbs.dbf' SIZE 25M REUSE AUTOEXTEND ON MAXSIZE 1G;

-- tablespace.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tablespaces
WHERE tablespace_name = 'XSTREAM_TBS';

-- tablespace.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
-- Limited, because Express Edition allows 12 GB of data in total.
CREATE TABLESPACE XSTREAM_TBS DATAFILE '/opt/oracle/oradata/XE/XEPDB1/xstream_tbs.dbf' SIZE 25M REUSE AUTOEXTEND ON MAXSIZE 1G;

-- profile.check.sql
SELECT CASE WHEN COUNT(*) = 2 THEN 'converged' ELSE 'missing' END
FROM dba_profiles
WHERE profile = 'C##ROTATING'
  AND ((resource_name = 'PASSWORD_ROLLOVER_TIME' AND limit = '1')
    OR (resource_name = 'PASSWORD_LIFE_TIME' AND limit = 'UNLIMITED'));

-- profile.apply.sql
-- The previous password works for one more day. Passwords never expire, which would stop the stream after 180 days.
CREATE PROFILE C##ROTATING LIMIT PASSWORD_ROLLOVER_TIME 1 PASSWORD_LIFE_TIME UNLIMITED CONTAINER = ALL;

-- user.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_users
WHERE username = 'SAMPLE' AND profile = 'C##ROTATING';

-- user-app.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
CREATE USER SAMPLE IDENTIFIED BY "<password of SAMPLE>" DEFAULT TABLESPACE users QUOTA UNLIMITED ON users PROFILE C##ROTATING;

-- rollover.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 0 THEN 'converged' ELSE 'missing' END
FROM dba_users
WHERE username = 'SAMPLE' AND account_status LIKE '%IN ROLLOVER%';

-- password.check.sql
-- A refused login is a result here, not an error. After DISCONNECT, a refused login leaves no session.
PROMPT missing
WHENEVER SQLERROR CONTINUE
DISCONNECT
CONNECT SAMPLE/"<password of SAMPLE>"@//localhost:1521/XEPDB1
SELECT CASE WHEN USER = 'SAMPLE' THEN 'converged' ELSE 'missing' END FROM dual;

-- grants.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = REGEXP_COUNT('CREATE SESSION, CREATE TABLE, CREATE SEQUENCE', ',') + 1 THEN 'converged' ELSE 'missing' END
FROM (
  SELECT privilege FROM dba_sys_privs WHERE grantee = 'SAMPLE'
  UNION
  SELECT granted_role FROM dba_role_privs WHERE grantee = 'SAMPLE'
)
WHERE INSTR(', CREATE SESSION, CREATE TABLE, CREATE SEQUENCE, ', ', ' || privilege || ', ') > 0;

-- grants.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
GRANT CREATE SESSION, CREATE TABLE, CREATE SEQUENCE TO SAMPLE CONTAINER = CURRENT;

-- table.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tables
WHERE owner = 'SAMPLE' AND table_name = 'AUTH_USER';

-- table-AUTH_USER.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
CREATE TABLE AUTH_USER (…);

-- logged.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_log_groups
WHERE owner = 'SAMPLE' AND table_name = 'AUTH_USER' AND log_group_type = 'ALL COLUMN LOGGING';

-- logged.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
ALTER TABLE SAMPLE.AUTH_USER ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS;

-- table.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tables
WHERE owner = 'SAMPLE' AND table_name = 'USER_TRANSACTION';

-- table-USER_TRANSACTION.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
CREATE TABLE USER_TRANSACTION (…);

-- logged.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_log_groups
WHERE owner = 'SAMPLE' AND table_name = 'USER_TRANSACTION' AND log_group_type = 'ALL COLUMN LOGGING';

-- logged.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
ALTER TABLE SAMPLE.USER_TRANSACTION ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS;

-- table.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tables
WHERE owner = 'SAMPLE' AND table_name = 'PAYMENT_OUTCOME';

-- table-PAYMENT_OUTCOME.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
CREATE TABLE PAYMENT_OUTCOME (…);

-- logged.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_log_groups
WHERE owner = 'SAMPLE' AND table_name = 'PAYMENT_OUTCOME' AND log_group_type = 'ALL COLUMN LOGGING';

-- logged.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
ALTER TABLE SAMPLE.PAYMENT_OUTCOME ADD SUPPLEMENTAL LOG DATA (ALL) COLUMNS;

-- table.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tables
WHERE owner = 'SAMPLE' AND table_name = 'IDEMPOTENCY_KEY';

-- table-IDEMPOTENCY_KEY.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
CREATE TABLE IDEMPOTENCY_KEY (…);

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'AUTH_USER' AND column_name = 'LAST_LOGIN';

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'AUTH_USER' AND column_name = 'FIRST_NAME';

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'AUTH_USER' AND column_name = 'LAST_NAME';

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'AUTH_USER' AND column_name = 'EMAIL';

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'USER_TRANSACTION' AND column_name = 'TERMINAL_ID';

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'USER_TRANSACTION' AND column_name = 'DEVICE_ID';

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'USER_TRANSACTION' AND column_name = 'LATITUDE';

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'USER_TRANSACTION' AND column_name = 'LONGITUDE';

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'USER_TRANSACTION' AND column_name = 'PAYEE_ACCOUNT_ID';

-- column.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_tab_columns
WHERE owner = 'SAMPLE' AND table_name = 'PAYMENT_OUTCOME' AND column_name = 'TERMINAL_ID';

-- index.check.sql
ALTER SESSION SET CONTAINER = XEPDB1;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_indexes
WHERE owner = 'SAMPLE' AND table_name = 'USER_TRANSACTION' AND index_name = 'USER_TRANSACTION_ACCOUNT_ID';

-- index.apply.sql
ALTER SESSION SET CONTAINER = XEPDB1;
CREATE INDEX SAMPLE.USER_TRANSACTION_ACCOUNT_ID ON SAMPLE.USER_TRANSACTION ("ACCOUNT_ID", "ID");

-- user.check.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_users
WHERE username = 'C##CFLTADMIN' AND profile = 'DEFAULT';

-- user-common.apply.sql
CREATE USER C##CFLTADMIN IDENTIFIED BY "<password of C##CFLTADMIN>" DEFAULT TABLESPACE XSTREAM_ADM_TBS QUOTA UNLIMITED ON XSTREAM_ADM_TBS
  PROFILE DEFAULT CONTAINER = ALL;

-- password.check.sql
-- A refused login is a result here, not an error. After DISCONNECT, a refused login leaves no session.
PROMPT missing
WHENEVER SQLERROR CONTINUE
DISCONNECT
CONNECT C##CFLTADMIN/"<password of C##CFLTADMIN>"@//localhost:1521/XE
SELECT CASE WHEN USER = 'C##CFLTADMIN' THEN 'converged' ELSE 'missing' END FROM dual;

-- grants.check.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
SELECT CASE WHEN COUNT(*) = REGEXP_COUNT('CREATE SESSION, SET CONTAINER', ',') + 1 THEN 'converged' ELSE 'missing' END
FROM (
  SELECT privilege FROM dba_sys_privs WHERE grantee = 'C##CFLTADMIN'
  UNION
  SELECT granted_role FROM dba_role_privs WHERE grantee = 'C##CFLTADMIN'
)
WHERE INSTR(', CREATE SESSION, SET CONTAINER, ', ', ' || privilege || ', ') > 0;

-- grants.apply.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
GRANT CREATE SESSION, SET CONTAINER TO C##CFLTADMIN CONTAINER = ALL;

-- administrator.check.sql
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_xstream_administrator
WHERE username = 'C##CFLTADMIN' AND privilege_type = 'CAPTURE' AND grant_select_privileges = 'YES';

-- administrator.apply.sql
BEGIN
  DBMS_XSTREAM_AUTH.GRANT_ADMIN_PRIVILEGE(
    grantee                 => 'C##CFLTADMIN',
    privilege_type          => 'CAPTURE',
    grant_select_privileges => TRUE,
    container               => 'ALL');
END;
/

-- user.check.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_users
WHERE username = 'C##CFLTUSER' AND profile = 'C##ROTATING';

-- user-common.apply.sql
CREATE USER C##CFLTUSER IDENTIFIED BY "<password of C##CFLTUSER>" DEFAULT TABLESPACE XSTREAM_TBS QUOTA UNLIMITED ON XSTREAM_TBS
  PROFILE C##ROTATING CONTAINER = ALL;

-- rollover.check.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
SELECT CASE WHEN COUNT(*) = 0 THEN 'converged' ELSE 'missing' END
FROM dba_users
WHERE username = 'C##CFLTUSER' AND account_status LIKE '%IN ROLLOVER%';

-- password.check.sql
-- A refused login is a result here, not an error. After DISCONNECT, a refused login leaves no session.
PROMPT missing
WHENEVER SQLERROR CONTINUE
DISCONNECT
CONNECT C##CFLTUSER/"<password of C##CFLTUSER>"@//localhost:1521/XE
SELECT CASE WHEN USER = 'C##CFLTUSER' THEN 'converged' ELSE 'missing' END FROM dual;

-- grants.check.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
SELECT CASE WHEN COUNT(*) = REGEXP_COUNT('CREATE SESSION, SET CONTAINER, SELECT_CATALOG_ROLE, FLASHBACK ANY TABLE, SELECT ANY TABLE, LOCK ANY TABLE', ',') + 1 THEN 'converged' ELSE 'missing' END
FROM (
  SELECT privilege FROM dba_sys_privs WHERE grantee = 'C##CFLTUSER'
  UNION
  SELECT granted_role FROM dba_role_privs WHERE grantee = 'C##CFLTUSER'
)
WHERE INSTR(', CREATE SESSION, SET CONTAINER, SELECT_CATALOG_ROLE, FLASHBACK ANY TABLE, SELECT ANY TABLE, LOCK ANY TABLE, ', ', ' || privilege || ', ') > 0;

-- grants.apply.sql
ALTER SESSION SET CONTAINER = CDB$ROOT;
GRANT CREATE SESSION, SET CONTAINER, SELECT_CATALOG_ROLE, FLASHBACK ANY TABLE, SELECT ANY TABLE, LOCK ANY TABLE TO C##CFLTUSER CONTAINER = ALL;

-- outbound.check.sql
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_xstream_outbound
WHERE server_name = 'XOUT' AND capture_name = 'FRAUD_CAPTURE';

-- outbound.apply.sql
DISCONNECT
CONNECT C##CFLTADMIN/"<password of C##CFLTADMIN>"@//localhost:1521/XE
-- Single tables instead of the schema, so that the app's other tables are not captured.
BEGIN
  DBMS_XSTREAM_ADM.CREATE_OUTBOUND(
    server_name           => 'XOUT',
    capture_name          => 'FRAUD_CAPTURE',
    source_container_name => 'XEPDB1',
    table_names           => 'SAMPLE.AUTH_USER,SAMPLE.USER_TRANSACTION,SAMPLE.PAYMENT_OUTCOME',
    schema_names          => NULL);
END;
/

-- captured.check.sql
SELECT CASE WHEN COUNT(*) > 0 THEN 'converged' ELSE 'missing' END
FROM dba_xstream_rules
WHERE streams_name IN ('FRAUD_CAPTURE', 'XOUT') AND schema_name = 'SAMPLE' AND object_name = 'AUTH_USER';

-- captured.check.sql
SELECT CASE WHEN COUNT(*) > 0 THEN 'converged' ELSE 'missing' END
FROM dba_xstream_rules
WHERE streams_name IN ('FRAUD_CAPTURE', 'XOUT') AND schema_name = 'SAMPLE' AND object_name = 'USER_TRANSACTION';

-- captured.check.sql
SELECT CASE WHEN COUNT(*) > 0 THEN 'converged' ELSE 'missing' END
FROM dba_xstream_rules
WHERE streams_name IN ('FRAUD_CAPTURE', 'XOUT') AND schema_name = 'SAMPLE' AND object_name = 'PAYMENT_OUTCOME';

-- connect.check.sql
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_xstream_outbound
WHERE server_name = 'XOUT' AND connect_user = 'C##CFLTUSER';

-- connect.apply.sql
BEGIN
  DBMS_XSTREAM_ADM.ALTER_OUTBOUND(server_name => 'XOUT', connect_user => 'C##CFLTUSER');
END;
/

-- retention.check.sql
SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM dba_capture
WHERE capture_name = 'FRAUD_CAPTURE' AND checkpoint_retention_time = 7;

-- retention.apply.sql
BEGIN
  DBMS_CAPTURE_ADM.ALTER_CAPTURE(capture_name => 'FRAUD_CAPTURE', checkpoint_retention_time => 7);
END;
/

-- memory.check.sql
SELECT CASE WHEN COUNT(*) = 2 THEN 'converged' ELSE 'missing' END
FROM (
  SELECT value FROM dba_capture_parameters WHERE capture_name = 'FRAUD_CAPTURE' AND parameter = 'MAX_SGA_SIZE'
  UNION ALL
  SELECT value FROM dba_apply_parameters WHERE apply_name = 'XOUT' AND parameter = 'MAX_SGA_SIZE'
)
WHERE value = '256';

-- memory.apply.sql
-- Express Edition has 2 GB in total, and by default each stream takes 1 GB.
BEGIN
  DBMS_XSTREAM_ADM.SET_PARAMETER(
    streams_name => 'FRAUD_CAPTURE', streams_type => 'capture', parameter => 'max_sga_size', value => '256');
  DBMS_XSTREAM_ADM.SET_PARAMETER(
    streams_name => 'XOUT', streams_type => 'apply', parameter => 'max_sga_size', value => '256');
END;
/

-- verified.check.sql
SELECT CASE
         WHEN (SELECT log_mode FROM v$database) = 'ARCHIVELOG'
          AND (SELECT supplemental_log_data_min FROM v$database) = 'YES'
          AND (SELECT COUNT(*) FROM dba_capture WHERE capture_name = 'FRAUD_CAPTURE' AND status = 'ENABLED') = 1
          AND (SELECT COUNT(*) FROM dba_xstream_outbound WHERE server_name = 'XOUT') = 1
         THEN 'converged' ELSE 'missing'
       END
FROM dual;

-- password.check.sql
-- A refused login is a result here, not an error. After DISCONNECT, a refused login leaves no session.
PROMPT missing
WHENEVER SQLERROR CONTINUE
DISCONNECT
CONNECT C##CFLTUSER/"<password of C##CFLTUSER>"@//localhost:1521/XE
SELECT CASE WHEN USER = 'C##CFLTUSER' THEN 'converged' ELSE 'missing' END FROM dual;

-- password.check.sql
-- A refused login is a result here, not an error. After DISCONNECT, a refused login leaves no session.
PROMPT missing
WHENEVER SQLERROR CONTINUE
DISCONNECT
CONNECT SAMPLE/"<password of SAMPLE>"@//localhost:1521/XEPDB1
SELECT CASE WHEN USER = 'SAMPLE' THEN 'converged' ELSE 'missing' END FROM dual;

