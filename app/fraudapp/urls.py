from django.urls import path
from ingestion.api import api
from transactions import views

urlpatterns = [
    path("", views.page, name="page"),
    path("events", views.events, name="events"),
    path("api/state", views.state, name="state"),
    path("api/alerts", views.alerts, name="alerts"),
    path("api/frauds/<str:kind>", views.commit_fraud, name="commit-fraud"),
    path("api/generator", views.set_generator, name="generator"),
    path("api/v1/", api.urls),
]
