SELECT CASE WHEN COUNT(*) = 0 THEN 'converged' ELSE 'missing' END
FROM v$pdbs p LEFT JOIN dba_pdb_saved_states s ON s.con_name = p.name AND s.state = 'OPEN'
WHERE p.name <> 'PDB$SEED' AND (p.open_mode <> 'READ WRITE' OR s.con_name IS NULL);
