from tests.aws.fixtures import cloud, free_port, running_cloud

__all__ = ["cloud", "free_port", "running_cloud"]
