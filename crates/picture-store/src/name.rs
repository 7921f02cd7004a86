//! The names that pictures may have.

use object_store::path::Path;

use crate::Error;

/// Whether a picture may have this name: 1 to 128 of `A-Z a-z 0-9 . _ -`, and not a dot first.
///
/// # Errors
///
/// [`Error::Name`].
pub fn check(name: &str) -> Result<(), Error> {
    path(name).map(drop)
}

/// The path that a name has in the store: always one segment, so that none leads out of it.
pub(crate) fn path(name: &str) -> Result<Path, Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let good =
        (1..=128).contains(&name.len()) && name.chars().all(allowed) && !name.starts_with('.');
    match good {
        true => Ok(Path::from(name)),
        false => Err(Error::Name(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_one_segment_of_a_path() {
        let longest = "x".repeat(128);
        for name in ["a", "-", "_.-", "A-Z_09..png", &longest] {
            let path = path(name).unwrap();
            assert_eq!(path.as_ref(), name);
            assert_eq!(path.parts().count(), 1);
        }
    }

    #[test]
    fn a_name_that_could_lead_elsewhere_is_refused() {
        let long = "x".repeat(129);
        let names = [
            "",
            ".",
            "..",
            ".hidden",
            "a/b",
            "a\\b",
            "../a",
            "/etc/passwd",
            "a\0b",
            "a b",
            "a\nb",
            "a#b",
            "a:b",
            "a%2fb",
            "é",
            &long,
        ];
        for name in names {
            let error = check(name).unwrap_err();
            assert!(error.to_string().contains("1 to 128"), "{error}");
        }
    }
}
