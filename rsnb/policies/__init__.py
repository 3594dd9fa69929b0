"""IAM policies for people who use rsnb, the least that its calls need; and for a lake in another account.

What people may see and change inside the warehouse is granted in SQL: each kind of user names the grants she needs.
"""

from rsnb.policies.lake import Lake, cross_account
from rsnb.policies.statement import Scope
from rsnb.policies.users import USERS, policy

__all__ = ["USERS", "Lake", "Scope", "cross_account", "policy"]
