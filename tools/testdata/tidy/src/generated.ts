// generated from openapi.yaml
