"""The lab: an emulated arm64 machine with a working CPU PMU. `ci/lab/lab --help` explains it."""
