"""The app's image by digest: an existing one, or one built into its own registry."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_docker_build as docker_build
from pulumi import ResourceOptions

from .args import FraudAppArgs

KEPT_IMAGES = 10
UNTAGGED_DAYS = 7
# As in app/.dockerignore: not in the image, so they do not change its tag.
_IGNORED_FOLDERS = {"__pycache__", "staticfiles"}
_IGNORED_SUFFIXES = {".pyc", ".sqlite3"}


def image_reference(name: str, args: FraudAppArgs, opts: ResourceOptions) -> pulumi.Input[str]:
    """The pods' image, with its digest."""
    if args.settings.image:
        return args.settings.image
    assert args.build_context  # FraudAppArgs has one of the two
    return _built(name, args.build_context, _repository(name, args, opts), opts)


def _repository(name: str, args: FraudAppArgs, opts: ResourceOptions) -> aws.ecr.Repository:
    repository = aws.ecr.Repository(
        f"{name}-images",
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
        encryption_configurations=[
            aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=args.context.kms_key_arn)
        ],
        force_delete=not args.context.protect,
        opts=ResourceOptions.merge(opts, ResourceOptions(protect=args.context.protect or None)),
    )
    aws.ecr.LifecyclePolicy(f"{name}-images-kept", repository=repository.name, policy=_lifecycle(), opts=opts)
    return repository


def _lifecycle() -> str:
    untagged = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": UNTAGGED_DAYS,
    }
    kept = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT_IMAGES}
    rules = [
        {"rulePriority": priority, "description": text, "selection": selection, "action": {"type": "expire"}}
        for priority, text, selection in (
            (1, "Layers that no tag names any more", untagged),
            (2, "All but the latest images", kept),
        )
    ]
    return json.dumps({"rules": rules})


def _built(name: str, context: str, repository: aws.ecr.Repository, opts: ResourceOptions) -> pulumi.Output[str]:
    login = aws.ecr.get_authorization_token_output(
        registry_id=repository.registry_id, opts=pulumi.InvokeOutputOptions(parent=opts.parent)
    )
    image = docker_build.Image(
        f"{name}-image",
        context=docker_build.BuildContextArgs(location=context),
        platforms=[docker_build.Platform.LINUX_AMD64],
        # Tags are immutable, so each is a hash of the content.
        tags=[pulumi.Output.concat(repository.repository_url, ":", content_hash(Path(context)))],
        push=True,
        build_on_preview=False,
        registries=[
            docker_build.RegistryArgs(
                address=repository.repository_url,
                username=login.user_name,
                password=pulumi.Output.secret(login.password),
            )
        ],
        opts=opts,
    )
    return image.ref


def content_hash(folder: Path) -> str:
    """A short digest of the names and contents of the image's files. Raises FileNotFoundError."""
    digest = hashlib.sha256()
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}/ does not exist: run the program in the project's folder, or set an image")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        relative = path.relative_to(folder)
        if not (_IGNORED_FOLDERS & set(relative.parts) or path.suffix in _IGNORED_SUFFIXES):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{relative.as_posix()} {content}\n".encode())
    return digest.hexdigest()[:12]
