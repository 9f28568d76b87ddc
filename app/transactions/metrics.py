"""What Prometheus reads; the registry lives as long as the process."""

from prometheus_client import Counter, Gauge, Histogram

PAYMENTS = Counter("fraud_app_payments", "Payments that came into the database while this process looked.")
PAYMENT_RATE = Gauge("fraud_app_payment_rate", "Payments a second, over the last seconds.")
ALERTS = Counter("fraud_app_alerts", "Alerts read back, by rule.", ["rule"])
ALERT_DELAY = Histogram(
    "fraud_app_alert_delay_seconds",
    "From a payment to its alert, of payments made while this process looked.",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60),
)
GENERATOR_ALIVE = Gauge("fraud_app_generator_alive", "1 while the generator's thread lives, else 0.")
BROWSERS = Gauge("fraud_app_browsers", "Pages that listen to events.")
REQUESTS = Histogram(
    "fraud_app_request_seconds",
    "From the head of a request to the end of its answer, without events.",
    ["method", "status"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
REQUESTS_IN_POOL = Gauge("fraud_app_requests_in_pool", "Requests that have a thread or wait for one.", ["pool"])
