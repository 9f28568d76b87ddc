DISCONNECT
CONNECT &user/"&password"@//localhost:1521/&cdb
-- A table that the contract did not have when the server was made.
BEGIN
  DBMS_XSTREAM_ADM.ALTER_OUTBOUND(
    server_name           => '&server',
    table_names           => '&schema..&table',
    schema_names          => NULL,
    add                   => TRUE,
    source_container_name => '&pdb');
END;
/
