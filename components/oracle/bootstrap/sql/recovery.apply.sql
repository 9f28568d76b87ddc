-- The size comes first: Oracle refuses a destination without one (ORA-19802).
ALTER SYSTEM SET db_recovery_file_dest_size = &gib.G SCOPE = BOTH;
ALTER SYSTEM SET db_recovery_file_dest = '&folder' SCOPE = BOTH;
