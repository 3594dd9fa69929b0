"""The linear learner on SageMaker: train, deploy, predict, transform, list, delete.

Needs the extra `sagemaker`. Nothing but the AWS services themselves is called.
"""

from rsnb.ml.sagemaker.backend import delete, deploy, finish, fit, list_resources, predict, reopen, transform
from rsnb.ml.sagemaker.trained import Trained

__all__ = ["Trained", "delete", "deploy", "finish", "fit", "list_resources", "predict", "reopen", "transform"]
