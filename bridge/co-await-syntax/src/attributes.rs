//! The attributes of a bridge that are not cxx's.

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, ExprLit, Lit, LitInt, LitStr, Meta, Result};

use crate::call::{Caller, Place};

/// What stands above a function or a type.
#[derive(Default)]
pub(crate) struct Attributes {
    /// Any thread may use the object at any time.
    pub thread_safe: Option<Attribute>,
    /// The object's destructor ends its calls.
    pub ends_calls: Option<Attribute>,
    /// Where C++'s futures of Rust's are polled.
    pub place: Option<(Attribute, Place)>,
    /// How many items of a stream may wait to be read.
    pub buffer: Option<(Attribute, usize)>,
    pub cxx_name: Option<String>,
    pub rust_name: Option<Ident>,
    pub namespace: Option<String>,
    /// All that are not ours, those of cxx among them.
    pub others: Vec<Attribute>,
}

impl Attributes {
    pub fn take(attributes: &[Attribute]) -> Result<Self> {
        let mut taken = Attributes::default();
        for attribute in attributes {
            let path = attribute.path();
            if path.is_ident("thread_safe") {
                attribute.meta.require_path_only()?;
                taken.thread_safe = Some(attribute.clone());
            } else if path.is_ident("ends_calls") {
                attribute.meta.require_path_only()?;
                taken.ends_calls = Some(attribute.clone());
            } else if path.is_ident("spawn") {
                let runtime = expression(attribute)?;
                taken.put(attribute, Place::Spawned(runtime))?;
            } else if path.is_ident("runtime") {
                let runtime = expression(attribute)?;
                taken.put(attribute, Place::Within(runtime))?;
            } else if path.is_ident("buffer") {
                taken.buffer = Some((attribute.clone(), size(attribute)?));
            } else {
                if path.is_ident("cxx_name") {
                    taken.cxx_name = text(attribute);
                } else if path.is_ident("rust_name") {
                    taken.rust_name = text(attribute).and_then(|name| syn::parse_str(&name).ok());
                } else if path.is_ident("namespace") {
                    taken.namespace = text(attribute);
                }
                taken.others.push(attribute.clone());
            }
        }
        Ok(taken)
    }

    fn put(&mut self, attribute: &Attribute, place: Place) -> Result<()> {
        if self.place.is_some() {
            return Err(Error::new_spanned(
                attribute,
                "one of `#[spawn(…)]` and `#[runtime(…)]`, once",
            ));
        }
        self.place = Some((attribute.clone(), place));
        Ok(())
    }

    /// What Rust calls it, where it stands by that name.
    pub fn name_in_rust(&self, name: &Ident) -> Ident {
        self.rust_name.as_ref().unwrap_or(name).clone()
    }

    /// Those that are not ours, but for these.
    pub fn others_than(&self, names: &[&str]) -> Vec<Attribute> {
        let is_one = |it: &&Attribute| names.iter().any(|name| it.path().is_ident(name));
        self.others
            .iter()
            .filter(|it| !is_one(it))
            .cloned()
            .collect()
    }

    pub fn cfg(&self) -> Vec<Attribute> {
        let cfg = self.others.iter().filter(|it| it.path().is_ident("cfg"));
        cfg.cloned().collect()
    }

    /// Those that may stand above a type of that language.
    pub fn of_type(&self, caller: Caller) -> Result<()> {
        if let Some((buffer, _)) = &self.buffer {
            return Err(Error::new_spanned(
                buffer,
                "a function that returns a stream has a buffer, and a type has none",
            ));
        }
        match caller {
            Caller::Rust => self.no_place(),
            Caller::Cpp => self.not_thread_safe(),
        }
    }

    /// Those that may stand above a function that this side calls.
    pub fn of_function(&self, caller: Caller) -> Result<()> {
        if let Some(attribute) = self.thread_safe.as_ref().or(self.ends_calls.as_ref()) {
            return Err(Error::new_spanned(
                attribute,
                "this is about a type: write it above `type …;`",
            ));
        }
        match caller {
            Caller::Rust => self.no_place(),
            Caller::Cpp => Ok(()),
        }
    }

    fn no_place(&self) -> Result<()> {
        match &self.place {
            Some((attribute, _)) => Err(Error::new_spanned(
                attribute,
                "this says where a future of Rust's is polled, and a C++ coroutine says itself \
                 where it runs: use it in `extern \"Rust\"`",
            )),
            None => Ok(()),
        }
    }

    fn not_thread_safe(&self) -> Result<()> {
        match (&self.thread_safe, &self.ends_calls) {
            (Some(attribute), _) => Err(Error::new_spanned(
                attribute,
                "leave it out: of a type of Rust's the compiler sees whether it is `Send` and `Sync`",
            )),
            (None, Some(attribute)) => Err(Error::new_spanned(
                attribute,
                "leave it out: each call has a copy of the Rust value that it is made on",
            )),
            (None, None) => Ok(()),
        }
    }
}

/// Of `#[name(expression)]`.
fn expression(attribute: &Attribute) -> Result<Expr> {
    attribute.parse_args().map_err(|_| {
        Error::new(
            attribute.span(),
            "name a `tokio::runtime::Handle` within the parentheses, such as `self.0`",
        )
    })
}

/// Of `#[buffer = 8]`.
fn size(attribute: &Attribute) -> Result<usize> {
    let says = "write how many items may wait to be read, at least one: `#[buffer = 8]`";
    let wrong = || Error::new(attribute.span(), says);
    let Meta::NameValue(it) = &attribute.meta else {
        return Err(wrong());
    };
    let size: LitInt = match &it.value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(size),
            ..
        }) => size.clone(),
        _ => return Err(wrong()),
    };
    match size.base10_parse() {
        Ok(0) | Err(_) => Err(wrong()),
        Ok(size) => Ok(size),
    }
}

/// Of `#[name = "text"]`, or of `#[name = text]`.
fn text(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(it) = &attribute.meta else {
        return None;
    };
    match &it.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(LitStr::value(text)),
        other => Some(quote::quote!(#other).to_string().replace(' ', "")),
    }
}
