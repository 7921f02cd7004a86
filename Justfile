# Co-await: the recipes. `./justw RECIPE` is `just RECIPE` where just is not installed.

set shell := ["bash", "-euo", "pipefail", "-c"]

export PATH := justfile_directory() / ".tools/bin:" + env("PATH")

# List the recipes
[private]
default:
    @just --list --unsorted
    @scripts/book-address

# Serve step N: `just run 1`, `just run 3 folly`, `just run 1 --port 0`; `just run 4 main FILE [STORE]`
[group('start here')]
[no-exit-message]
run N *FLAGS:
    @scripts/run {{ N }} {{ FLAGS }}

# Run every test, or those of step N
[group('start here')]
test N="": _setup _nextest
    #!/usr/bin/env bash
    set -euo pipefail
    if [ -z "{{ N }}" ]; then
      # nextest leaves the examples in the documentation to cargo.
      cargo test --quiet --workspace --doc
      cargo nextest run --workspace --exclude step-03-coroutines
      if command -v node >/dev/null; then
        node --test service/lab/page/tests/ book/tests/player.test.mjs
      else
        echo "the tests of the pages' scripts are left out: they take node, which is not here"
      fi
      exec scripts/legs --workspace
    fi
    step=$(scripts/step {{ N }})
    if [ "$step" = steps/03-coroutines ]; then exec scripts/legs; fi
    cargo nextest run --package "step-${step#steps/}"

# Show the idea of what changed between two steps, or all of it: `just diff 1 2`, `just diff 1 2 --all`
[group('start here')]
[no-exit-message]
diff A B *FLAGS:
    @scripts/diff {{ A }} {{ B }} {{ FLAGS }}

# Write a project of its own, with a bridge to C++: `just new ../my-bridge`, `… --actix --one-way`
[group('start here')]
[no-exit-message]
new PATH *FLAGS:
    @scripts/new {{ PATH }} {{ FLAGS }}

# Install the system packages that are missing
[group('machine')]
setup *GROUPS:
    @scripts/setup {{ GROUPS }}

# Say in a few lines whether this machine is ready
[group('machine')]
[no-exit-message]
doctor:
    @scripts/doctor

# Compile the tools that the recipes use, below .tools/, before a recipe needs them
[group('machine')]
tools: _setup
    @scripts/tools

# Fill vendor/ with all that a build fetches, for a room without a network
[group('machine')]
vendor: _setup
    @scripts/vendor

# Pack the workspace, vendor/, the tools and the built book into one archive
[group('machine')]
pack: vendor book
    @scripts/pack

# Compile ahead what a first run would: the steps, the exercises' runner, what serves the book
[group('machine')]
prebuild: _setup
    @for step in steps/*; do cargo build --quiet --bin "step-${step#steps/}"; done
    @cargo build --quiet --bin exercises
    @cargo build --quiet --bin book-tools --example slow-picture

# Write compile_commands.json, by which clangd knows the C++
[group('machine')]
compile-commands: (setup "edit")
    @scripts/compile-commands

# Measure every step in one run: conversions/s, latency, memory, CPU; draws the pictures of the book
[group('measure')]
bench *FLAGS: _setup
    cargo run --quiet --release --package bench --bin bench -- --figures book/src/figures {{ FLAGS }}

# Measure one crossing of the language border, in every way
[group('measure')]
crossing: _setup
    mkdir -p target/bench
    CROSSING_JSON="{{ justfile_directory() }}/target/bench/crossing.json" cargo bench --package bench --features every-executor --bench crossing

# Measure the codec: stb's compressor against ISA-L
[group('measure')]
codec: _setup
    cargo bench --package codec

# Drive step N, or a URL, and look on: `just load 3 --seconds 60`
[group('measure')]
[no-exit-message]
load N *FLAGS:
    @scripts/load {{ N }} {{ FLAGS }}

# Show where you stand; `just exercise 5` checks one, `just exercise watch` does so on every save
[group('exercises')]
[no-exit-message]
exercise *WHAT: _setup
    @[ -x target/debug/exercises ] || echo 'exercise: compiling what checks exercises, once; that takes a minute' >&2
    @EXERCISES_HERE={{ quote(invocation_directory()) }} cargo run --quiet --bin exercises -- {{ WHAT }}

# Show a hint for exercise N; once more, the next one
[group('exercises')]
[no-exit-message]
hint N:
    @cargo run --quiet --bin exercises -- hint {{ N }}

# Show what the solution of exercise N changes, and why
[group('exercises')]
[no-exit-message]
solution N:
    @cargo run --quiet --bin exercises -- solution {{ N }}

# Begin exercise N again; what you did is kept
[group('exercises')]
[no-exit-message]
reset N:
    @cargo run --quiet --bin exercises -- reset {{ N }}

# Prove that every exercise fails as given, for its reason, and passes when solved
[group('exercises')]
prove *WHAT: _setup
    @scripts/setup lint
    @cargo run --quiet --bin exercises -- prove {{ WHAT }}

# Build the book into book/build
[group('the book')]
book:
    @scripts/setup linker
    @cargo run --quiet --bin book-tools -- build

# Build the book, serve it and open it: `just read --port 4000`
[group('the book')]
[no-exit-message]
read *FLAGS:
    @scripts/read {{ FLAGS }}

# Run the book's shell lines and keep what they print; `just capture --check` compares
[group('the book')]
capture *PAGES: (setup "debug")
    @cargo run --quiet --bin book-tools -- capture {{ PAGES }}

# Record the steps at work, or those named, and draw the timelines of the book
[group('the book')]
timelines *STEPS: _setup
    @scripts/book-timelines {{ STEPS }}

# Record anew the runs that the book plays; `just record --check` compares
[group('the book')]
record *FLAGS: _setup
    @scripts/record {{ FLAGS }}

# Check the book's pages without building it: listings, named tests and recipes, links, spelling
[group('the book')]
book-ci: _typos
    @cargo run --quiet --bin book-tools -- check --pages
    @typos --config book/typos.toml book

# Look at every page of the book in a browser: light and dark, wide and narrow, by keyboard
[group('the book')]
look: book
    @scripts/book-look

# Build the book and check the site: every link leads somewhere, and nothing is fetched from elsewhere
[group('the book')]
book-site: book
    @cargo run --quiet --bin book-tools -- check

# Check all of the book: the pages, the site, and that runs still print and do what it shows
[group('the book')]
book-check: book-ci book-site (capture "--check") (record "--check")

# Check formatting and lints, for Rust, C++ and shell
[group('work on it')]
lint:
    @scripts/setup lint
    cargo fmt --all --check
    cargo clippy --quiet --workspace --all-targets -- -D warnings
    cargo clippy --quiet --package recordings --features asio --all-targets -- -D warnings
    scripts/lint-fresh
    scripts/lint-legs
    git ls-files '*.h' '*.cpp' '*.inc' | xargs "$(scripts/newest clang-format)" --dry-run -Werror
    shellcheck justw .ci/run devcontainer/prepare $(git ls-files scripts ':!*.supp' ':!*.py')
    scripts/lint-machine

# Format Rust and C++
[group('work on it')]
format:
    @scripts/setup lint
    cargo fmt --all
    git ls-files '*.h' '*.cpp' '*.inc' | xargs "$(scripts/newest clang-format)" -i

# Build each published crate from its package alone, in a project that `just new` makes
[group('work on it')]
package *FLAGS: _setup
    @scripts/package {{ FLAGS }}

# Have clangd read every C++ file and header, as an editor does
[group('work on it')]
check-clangd: (setup "edit")
    @scripts/check-clangd

# What CI runs: lints, the book, the exercises, the packages, what the book shows of runs, every test
[group('work on it')]
ci: lint book-ci book-site prove package (capture "--check") (record "--check") (setup "cmake") test

# Run the tests of step N, or of all steps and the bridge crates, under a sanitizer: address or thread
[group('work on it')]
sanitize SANITIZER N="": _setup _nextest
    #!/usr/bin/env bash
    set -euo pipefail
    packages=(bridge-tests codec picture-store)
    if [ -n "{{ N }}" ]; then
      step=$(scripts/step {{ N }})
      packages=("step-${step#steps/}")
    else
      for step in steps/*; do packages+=("step-${step#steps/}"); done
    fi
    scripts/sanitize {{ SANITIZER }} "${packages[@]}"

# Try to break the bridge: its hostile programs plain, under AddressSanitizer and under ThreadSanitizer
[group('work on it')]
hostile: _setup _nextest
    cargo nextest run --package bridge-tests --test hostile
    scripts/sanitize address bridge-tests -- --test hostile
    scripts/sanitize thread bridge-tests -- --test hostile

# Run tests for arm64 under qemu, built in a Debian root of its own (as root, on x86-64)
[group('work on it')]
arm64 *FLAGS:
    @scripts/arm64 {{ FLAGS }}

# Run the bridge's tests with every GCC and clang of Debian's suites, or those named (as root); `--list`
[group('work on it')]
[no-exit-message]
compilers *FLAGS: _nextest
    @scripts/compilers {{ FLAGS }}

# Link the bridge in every way that people link: linkers, link-time optimisation, shared libraries, CMake
[group('work on it')]
[no-exit-message]
linkage: (setup "cmake") _nextest
    @scripts/linkage

# Feed the codec nonsense for SECONDS, under AddressSanitizer (needs nightly Rust and cargo-fuzz)
[group('work on it')]
fuzz SECONDS="60": _setup
    service/codec/fuzz/run {{ SECONDS }}

_setup:
    @scripts/setup

_nextest:
    @cargo nextest --version >/dev/null 2>&1 || scripts/tools cargo-nextest

_typos: _setup
    @command -v typos >/dev/null || scripts/tools typos
