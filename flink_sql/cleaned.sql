-- Workflow 1: the flat append topics that feed the warehouse. Their columns are those of the source tables, by
-- components/contracts/tables.py, with the types that they had before Oracle and the source connector made numbers of them.
EXECUTE STATEMENT SET
BEGIN

-- The users arrive as upserts; the warehouse takes appended rows only, so each insert and update becomes a row.
INSERT INTO `auth_user` ({{ columns("auth_user") }})
SELECT {{ cleaned("auth_user") }}
FROM TO_CHANGELOG(input => TABLE `fd.SAMPLE.AUTH_USER`)
WHERE `op` IN ('INSERT', 'UPDATE_AFTER');

-- Every payment, as it came. The source connector is at-least-once: after a restart it may send payments again, and so
-- does this. Dropping them here would need either the time order, which drops late payments too, or all ids for ever.
INSERT INTO `user_transaction` ({{ columns("user_transaction") }})
SELECT {{ cleaned("user_transaction") }}
FROM `fd.SAMPLE.USER_TRANSACTION`;

-- What became known of payments: with the scores, what training reads.
INSERT INTO `payment_outcome` ({{ columns("payment_outcome") }})
SELECT {{ cleaned("payment_outcome") }}
FROM `fd.SAMPLE.PAYMENT_OUTCOME`;

END;
