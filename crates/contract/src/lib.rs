//! The HTTP behaviour that every step must show, as tests.
