-- Workflow 2: the fraud rules. Reads the change events themselves, not the cleaned topics: with exactly-once output each
-- further hop costs one checkpoint of latency. docs/detection.md defines what is judged. Both inserts begin with the same queries, those of
-- payments.jinja, so Flink runs them once.
--
-- Variables: window_minutes, before and after a payment; burst_count payments (more is a burst); burst_amount, sum of small
-- payments (as much or more is a burst); large_amount of one payment (as much or more is large); home_prefix, the start of
-- the addresses at home; looked_at, payments of an account that are looked at for each of its payments, itself included;
-- rules, those of rules/, a file each.
{% from "payments.jinja" import queries, reading with context %}
{% from "transfers.jinja" import transfer_queries, moving with context %}
{% from "alerts.jinja" import alerts with context %}
{% from "rule_functions.jinja" import amount %}
{% from "score.jinja" import score_queries with context %}
{% from "episode.jinja" import episode_queries with context %}
{% set flagging = reading | selectattr("account") | list %}
EXECUTE STATEMENT SET
BEGIN

-- One row for each payment and rule that it broke, the score among them; the id is the same after a replay.
INSERT INTO `fraud_alert` ({{ columns("fraud_alert") }})
WITH {{ queries().split() | join(" ") }}, {{ transfer_queries().split() | join(" ") ~ "," if moving }} {{ score_queries().split() | join(" ") }}
{{ alerts("windowed", reading).split() | join(" ") }}
{{ "UNION ALL " ~ alerts("transfers", moving).split() | join(" ") if moving }}
UNION ALL
SELECT
  CONCAT(CAST(`ID` AS STRING), '-score'), `ID`, `ACCOUNT_ID`, 'score', `reasons`, CAST(`probability` * 100E0 AS INT),
  `AMOUNT`, `event_time`, CAST(CURRENT_TIMESTAMP AS TIMESTAMP_LTZ(3))
FROM `scored` WHERE `probability` >= {{ score_threshold }};

-- Accounts for which a rule holds over the window of the payment that arrived last. The row goes with the first payment
-- for which none does.
INSERT INTO `flagged_user` ({{ columns("flagged_user") }})
WITH {{ queries().split() | join(" ") }},
`latest` AS (
  SELECT *
  FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY `ACCOUNT_ID` ORDER BY `seq` DESC) AS `place`
    FROM (
      SELECT `ACCOUNT_ID`, `RECEIVED_AT`, `seq`, `payments`, `cents`,
        {% for rule in flagging %}{{ rule.account }} AS `{{ rule.id }}`{{ ", " if not loop.last }}{% endfor %}
      FROM `windowed`
    )
  )
  WHERE `place` = 1
)
SELECT
  `latest`.`ACCOUNT_ID`, `account`.`USERNAME` AS `user_name`, `account`.`EMAIL` AS `email`,
  {{ amount("`latest`.`cents`") }} AS `total_amount`, `latest`.`payments` AS `transaction_count`,
  CAST(`latest`.`RECEIVED_AT` AS TIMESTAMP_LTZ(3)) AS `updated_at`,
  CONCAT_WS(',', {% for rule in flagging %}CASE WHEN `latest`.`{{ rule.id }}` THEN '{{ rule.id }}' END{{ ", " if not loop.last }}{% endfor %}) AS `rules`,
  CAST(LEAST(100, {% for rule in flagging %}CASE WHEN `latest`.`{{ rule.id }}` THEN {{ rule.weight }} ELSE 0 END{{ " + " if not loop.last }}{% endfor %}) AS INT) AS `score`
FROM `latest`
JOIN `fd.SAMPLE.AUTH_USER` AS `account` ON `account`.`ID` = `latest`.`ACCOUNT_ID`
WHERE {% for rule in flagging %}`latest`.`{{ rule.id }}`{{ " OR " if not loop.last }}{% endfor %};

-- Every payment's score, with the features that it was computed from.
INSERT INTO `payment_score` ({{ columns("payment_score") }})
WITH {{ queries().split() | join(" ") }}, {{ score_queries().split() | join(" ") }}
SELECT
  `ID` AS `transaction_id`, `ACCOUNT_ID`, `TERMINAL_ID` AS `terminal_id`, `AMOUNT` AS `amount`, `event_time`,
  `probability`, `reasons`, '{{ score.id }}' AS `weights_id`, `known_payments`, `usual_amount`, `times_usual`, `large_lately`,
  `frauds_in_row`, `days_since_genuine`, `frauds_lately`, `genuine_lately`, `outcome_known_at`
FROM `scored`;

-- Alerts of an account that belong together, a row for each such episode. It reads the alerts of the first insert back.
INSERT INTO `fraud_episode` ({{ columns("fraud_episode") }})
WITH {{ episode_queries().split() | join(" ") }}
SELECT
  `episode_id`, `ACCOUNT_ID`, `account`.`USERNAME` AS `user_name`, `account`.`EMAIL` AS `email`,
  `started_at`, `last_at`, `payments`, `alerts`, `amount`, `rules`, `reasons`, `score`, `first_transaction_id`, `last_transaction_id`
FROM `episode`
-- An account that nobody knows has episodes too.
LEFT JOIN `fd.SAMPLE.AUTH_USER` AS `account` ON `account`.`ID` = `episode`.`ACCOUNT_ID`;

END;
