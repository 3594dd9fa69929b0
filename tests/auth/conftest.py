from tests.aws.fixtures import browser, cloud, free_port, running_cloud

__all__ = ["browser", "cloud", "free_port", "running_cloud"]
