"""A SageMaker on loopback, for tests and for learning the API offline.

The same calls, file formats, states and answers; the training is rsnb's local learner. It is not AWS's
container: coefficients differ, model.tar.gz is rsnb's own JSON, and there is no IAM, VPC, quota or bill.
"""

from rsnb.ml.loopback.faults import Faults
from rsnb.ml.loopback.listener import REGION
from rsnb.ml.loopback.server import BUCKET, ROLE, Server, run, serve

__all__ = ["BUCKET", "REGION", "ROLE", "Faults", "Server", "run", "serve"]
