from django.contrib.auth.views import LogoutView
from django.urls import path
from ingestion.api import api
from transactions import judging, pages, questions, views
from transactions.login import login

urlpatterns = [
    path("", views.page, name="page"),
    path("login", login, name="login"),
    path("logout", LogoutView.as_view(http_method_names=["post"]), name="logout"),
    path("events", views.events, name="events"),
    path("api/state", views.state, name="state"),
    path("api/alerts", views.alerts, name="alerts"),
    path("api/history", pages.history, name="history"),
    path("api/payments", pages.payments, name="payments"),
    path("api/accounts/<int:number>", pages.account, name="account"),
    path("api/frauds/<str:kind>", views.commit_fraud, name="commit-fraud"),
    path("api/generator", views.set_generator, name="generator"),
    path("api/questions", questions.answers, name="questions"),
    path("api/verdicts", judging.add, name="verdicts"),
    path("api/v1/", api.urls),
]
