"""The tables. Change data capture reads all but the last one, so their names and columns are a contract.

`managed = False`: the database's set-up creates them, with supplemental logging or replica identity. `tables.ensure`
creates them in a fresh SQLite file.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class User(models.Model):
    """A payer, with the columns of Django's own user table."""

    id = models.BigAutoField(primary_key=True, db_column="ID")
    password = models.CharField(max_length=128, db_column="PASSWORD")
    last_login = models.DateTimeField(null=True, db_column="LAST_LOGIN")
    is_superuser = models.BooleanField(default=False, db_column="IS_SUPERUSER")
    username = models.CharField(max_length=150, db_column="USERNAME")
    first_name = models.CharField(max_length=150, null=True, db_column="FIRST_NAME")
    last_name = models.CharField(max_length=150, null=True, db_column="LAST_NAME")
    email = models.CharField(max_length=254, null=True, db_column="EMAIL")
    is_staff = models.BooleanField(default=False, db_column="IS_STAFF")
    is_active = models.BooleanField(default=True, db_column="IS_ACTIVE")
    date_joined = models.DateTimeField(db_column="DATE_JOINED")

    class Meta:
        managed = False
        db_table = "AUTH_USER"

    def __str__(self) -> str:
        return str(self.username)


class Transaction(models.Model):
    """A payment; it never changes."""

    id = models.BigAutoField(primary_key=True, db_column="ID")
    amount = models.DecimalField(max_digits=12, decimal_places=2, db_column="AMOUNT")
    received_at = models.DateTimeField(db_column="RECEIVED_AT")
    ip_address = models.CharField(max_length=45, db_column="IP_ADDRESS")
    account_id: int
    account = models.ForeignKey(User, on_delete=models.PROTECT, db_column="ACCOUNT_ID", db_index=False)
    terminal_id = models.CharField(max_length=64, null=True, db_column="TERMINAL_ID")
    device_id = models.CharField(max_length=64, null=True, db_column="DEVICE_ID")
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, db_column="LATITUDE")
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, db_column="LONGITUDE")
    payee_account_id = models.BigIntegerField(null=True, db_column="PAYEE_ACCOUNT_ID")

    class Meta:
        managed = False
        db_table = "USER_TRANSACTION"
        indexes = [models.Index(fields=["account", "id"], name="USER_TRANSACTION_ACCOUNT_ID")]

    def __str__(self) -> str:
        return f"{self.amount} by {self.account_id}"


class Outcome(models.Model):
    """What a dispute or an investigation said about a payment; each time that it says something is a row."""

    id = models.BigAutoField(primary_key=True, db_column="ID")
    transaction_id = models.BigIntegerField(db_column="TRANSACTION_ID")
    account_id = models.BigIntegerField(db_column="ACCOUNT_ID")
    terminal_id = models.CharField(max_length=64, null=True, db_column="TERMINAL_ID")
    amount = models.DecimalField(max_digits=12, decimal_places=2, db_column="AMOUNT")
    is_fraud = models.BooleanField(db_column="IS_FRAUD")
    known_at = models.DateTimeField(db_column="KNOWN_AT")

    class Meta:
        managed = False
        db_table = "PAYMENT_OUTCOME"

    def __str__(self) -> str:
        return f"{self.transaction_id}: {'fraud' if self.is_fraud else 'genuine'}"


class Operator(AbstractBaseUser):
    """Django's user model, never queried: transactions.operators makes the user of a request."""

    username = models.CharField(max_length=64, primary_key=True)
    last_login = None
    objects = BaseUserManager["Operator"]()

    USERNAME_FIELD = "username"

    class Meta:
        managed = False

    def __str__(self) -> str:
        return str(self.username)


class IdempotencyKey(models.Model):
    """What the app answered to a request of the API; it is written together with what the request sent."""

    id = models.BigAutoField(primary_key=True, db_column="ID")
    request_key = models.CharField(max_length=64, unique=True, db_column="REQUEST_KEY")
    fingerprint = models.CharField(max_length=64, db_column="FINGERPRINT")
    answer = models.TextField(db_column="ANSWER")
    created_at = models.DateTimeField(db_column="CREATED_AT")

    class Meta:
        managed = False
        db_table = "IDEMPOTENCY_KEY"

    def __str__(self) -> str:
        return str(self.request_key)
