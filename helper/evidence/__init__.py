"""Manifests, signatures, bundles and the verifier that needs none of the rest."""
