"""The sample city: a generated city in Huaibei's frame, written as ordinary input files."""

from __future__ import annotations

from data.sample.write import SampleFiles, write_sample_city

__all__ = ["SampleFiles", "write_sample_city"]
