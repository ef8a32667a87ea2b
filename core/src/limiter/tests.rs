//! Tests of single decisions.
