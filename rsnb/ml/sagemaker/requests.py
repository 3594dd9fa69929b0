"""What the SDK's core layer is asked to create: plain members, which its classes check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rsnb.ml.sagemaker.payloads import CSV
from rsnb.ml.sagemaker.trained import Trained

DISK = 10  # GB of a training instance, over the size of the data
VARIANT = "AllTraffic"


def training(
    trained: Trained,
    channels: Mapping[str, str],
    content_type: str,
    hyperparameters: Mapping[str, str],
    instance_type: str,
    max_run: int,
) -> dict[str, Any]:
    """A TrainingJob on one instance."""
    account, made = trained.account, trained.made
    return {
        "training_job_name": trained.name,
        "role_arn": account.role,
        "algorithm_specification": {"training_image": account.image, "training_input_mode": "File"},
        "hyper_parameters": dict(hyperparameters),
        "input_data_config": [_channel(name, address, content_type) for name, address in channels.items()],
        "output_data_config": {"s3_output_path": made.place.removesuffix(f"/{trained.name}/")},
        "resource_config": {
            "instance_type": instance_type,
            "instance_count": 1,
            "volume_size_in_gb": DISK + 2 * (made.bytes >> 30),
        },
        "stopping_condition": {"max_runtime_in_seconds": max_run},
    }


def model(trained: Trained) -> dict[str, Any]:
    """A Model of the trained artefact."""
    return {
        "model_name": trained.name,
        "execution_role_arn": trained.account.role,
        "primary_container": {"image": trained.account.image, "model_data_url": trained.artefact},
    }


def endpoint_config(trained: Trained, instance_type: str, count: int) -> dict[str, Any]:
    """An EndpointConfig with the model as its only variant."""
    variant = {
        "variant_name": VARIANT,
        "model_name": trained.name,
        "initial_instance_count": count,
        "instance_type": instance_type,
        "initial_variant_weight": 1.0,
    }
    return {"endpoint_config_name": trained.name, "production_variants": [variant]}


def transform(trained: Trained, name: str, folder: str, instance_type: str) -> dict[str, Any]:
    """A TransformJob from CSV under `folder`/in to JSON lines under `folder`/out."""
    place = f"{trained.made.place}{folder}"
    return {
        "transform_job_name": name,
        "model_name": trained.name,
        "batch_strategy": "MultiRecord",
        "transform_input": {"data_source": _source(f"{place}/in/"), "content_type": CSV, "split_type": "Line"},
        "transform_output": {
            "s3_output_path": f"{place}/out",
            "accept": "application/jsonlines",
            "assemble_with": "Line",
        },
        "transform_resources": {"instance_type": instance_type, "instance_count": 1},
    }


def _channel(name: str, address: str, content_type: str) -> dict[str, Any]:
    return {"channel_name": name, "content_type": content_type, "data_source": _source(address, distributed=True)}


def _source(address: str, distributed: bool = False) -> dict[str, Any]:
    found = {"s3_data_type": "S3Prefix", "s3_uri": address}
    return {"s3_data_source": found | ({"s3_data_distribution_type": "FullyReplicated"} if distributed else {})}
