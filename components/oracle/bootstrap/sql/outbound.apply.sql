DISCONNECT
CONNECT &user/"&password"@//localhost:1521/&cdb
-- Single tables instead of the schema, so that the app's other tables are not captured.
BEGIN
  DBMS_XSTREAM_ADM.CREATE_OUTBOUND(
    server_name           => '&server',
    capture_name          => '&capture',
    source_container_name => '&pdb',
    table_names           => '&tables',
    schema_names          => NULL);
END;
/
