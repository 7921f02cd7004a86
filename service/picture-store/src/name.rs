//! The names that pictures may have.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures::FutureExt;
use lab::Problem;
use object_store::path::Path;

use crate::Error;

/// The name in the path of a request, if a picture may have it: 1 to 128 of `A-Z a-z 0-9 . _ -`, and
/// not a dot first.
///
/// As the first argument of a handler it refuses a bad name before a body is read.
#[derive(Debug)]
pub struct Name(pub String);

impl FromRequest for Name {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = web::Path::<String>::extract(request).now_or_never();
        let name = match given {
            Some(Ok(name)) => name.into_inner(),
            _ => request.match_info().query("name").to_owned(),
        };
        ready(match path(&name) {
            Ok(_) => Ok(Name(name)),
            Err(error) => Err(Problem::from(&error)),
        })
    }
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
            let error = path(name).unwrap_err();
            assert!(error.to_string().contains("1 to 128"), "{error}");
        }
    }
}
