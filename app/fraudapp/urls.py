from django.urls import path
from transactions import health, pages, views

urlpatterns = [
    path("", views.page, name="page"),
    path("events", views.events, name="events"),
    path("api/state", views.state, name="state"),
    path("api/alerts", views.alerts, name="alerts"),
    path("api/history", pages.history, name="history"),
    path("api/payments", pages.payments, name="payments"),
    path("api/accounts/<int:number>", pages.account, name="account"),
    path("api/frauds/<str:kind>", views.commit_fraud, name="commit-fraud"),
    path("api/generator", views.set_generator, name="generator"),
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]
