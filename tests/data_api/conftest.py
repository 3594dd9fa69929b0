from tests.aws.fixtures import cloud, data_api, free_port, running_cloud

__all__ = ["cloud", "data_api", "free_port", "running_cloud"]
