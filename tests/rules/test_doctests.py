"""The examples in the docstrings are part of the specification."""

import doctest
import importlib
import pkgutil

import pytest

import viz.rules

MODULES = [f"viz.rules.{found.name}" for found in pkgutil.iter_modules(viz.rules.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    attempted = [doctest.testmod(importlib.import_module(name)).attempted for name in MODULES]
    assert sum(attempted) > 20
