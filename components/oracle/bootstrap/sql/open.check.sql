SELECT CASE WHEN COUNT(*) = 1 THEN 'converged' ELSE 'missing' END
FROM v$instance i CROSS JOIN v$pdbs p
WHERE i.status = 'OPEN' AND p.name = '&pdb' AND p.open_mode = 'READ WRITE';
