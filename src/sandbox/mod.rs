//! Stand-ins for remote services that cannot be had in a test.
