//! What `just exercise` and the recipes beside it run.
//!
//! The exercises lie in `exercises/`, each as one source of what is given and what solves it
//! ([`source`]). The reader works in `exercises/yours` ([`desk`]), which git does not see.

mod catalogue;
mod check;
mod desk;
mod prove;
mod source;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use catalogue::{Exercise, exercises};
use check::{Messages, Verdict};
use desk::{Desk, State};
use source::{GIVEN, SOLUTION};

/// Exercises: each fails until you have done its task.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    /// The exercise to check; without one, shows where you stand
    number: Option<u32>,

    /// Shows a sanitizer's report whole
    #[arg(long, requires = "number")]
    report: bool,

    #[command(subcommand)]
    command: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// Checks an exercise on every save: the one you save, beginning with the next that is not done
    Watch { number: Option<u32> },
    /// Shows one more hint
    Hint { number: u32 },
    /// Shows what the solution changes, and why
    Solution { number: u32 },
    /// Begins an exercise again; what you did is kept
    Reset { number: u32 },
    /// Tries every answer of every exercise, or of those: what CI runs
    Prove {
        numbers: Vec<u32>,
        /// Shows what each answer is told
        #[arg(long)]
        says: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("exercises: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode> {
    let root = root()?;
    let exercises = exercises(&root)?;
    if let Some(Task::Prove { numbers, says }) = arguments.command {
        let mut chosen = exercises;
        chosen.retain(|exercise| numbers.is_empty() || numbers.contains(&exercise.number));
        prove::prove(&root, &chosen, says)?;
        return Ok(ExitCode::SUCCESS);
    }
    let reader = Reader {
        desk: Desk::of_reader(&root),
        root,
        exercises,
    };
    reader.desk.lay_out(&reader.exercises)?;
    let done = match (arguments.number, arguments.command) {
        (Some(number), _) => reader.check(reader.find(number)?, arguments.report)?,
        (None, None) => reader.stand()?,
        (None, Some(Task::Watch { number })) => reader.watch(number)?,
        (None, Some(Task::Hint { number })) => reader.hint(reader.find(number)?)?,
        (None, Some(Task::Solution { number })) => reader.solution(reader.find(number)?)?,
        (None, Some(Task::Reset { number })) => reader.reset(reader.find(number)?)?,
        (None, Some(Task::Prove { .. })) => true,
    };
    Ok(if done {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The folder of this workspace: this crate lies two below it.
fn root() -> Result<PathBuf> {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").context("run this with cargo or just")?;
    let root = Path::new(&here).ancestors().nth(2);
    Ok(root.context("this crate lies in crates/")?.to_owned())
}

/// Whoever does the exercises.
struct Reader {
    root: PathBuf,
    exercises: Vec<Exercise>,
    desk: Desk,
}

impl Reader {
    fn find(&self, number: u32) -> Result<&Exercise> {
        let found = self
            .exercises
            .iter()
            .find(|exercise| exercise.number == number);
        found.with_context(|| {
            let last = self.exercises.last().map_or(0, |exercise| exercise.number);
            format!("there is no exercise {number}; there are 1 to {last}")
        })
    }

    /// The first that is not done.
    fn next(&self) -> Result<Option<&Exercise>> {
        for exercise in &self.exercises {
            if self.desk.state(exercise)? != State::Done {
                return Ok(Some(exercise));
            }
        }
        Ok(None)
    }

    /// A path as one would type it.
    fn short<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }

    /// Where one stands.
    fn stand(&self) -> Result<bool> {
        let mut step = 0;
        for exercise in &self.exercises {
            if exercise.about.step != step {
                step = exercise.about.step;
                println!("Step {step}");
            }
            let state = match self.desk.state(exercise)? {
                State::AsGiven => "",
                State::Begun => "begun",
                State::Done => "done",
                State::ChangedSince => "changed since it was done",
            };
            let line = format!(
                "{:>4}  {:50} {state}",
                exercise.number, exercise.about.title
            );
            println!("{}", line.trim_end());
        }
        println!();
        match self.next()? {
            Some(next) => {
                println!("You work in {}.", self.short(self.desk.folder()));
                println!("Next: ./justw exercise {}", next.number);
            }
            None => println!("All are done."),
        }
        Ok(true)
    }

    fn check(&self, exercise: &Exercise, report: bool) -> Result<bool> {
        self.introduce(exercise)?;
        let tried = self.desk.begin_check(exercise)?;
        let verdict = check::check(&self.root, &self.desk, exercise, Messages::Shown)?;
        self.desk
            .record(exercise, verdict.passes().then_some(tried))?;
        println!();
        self.tell(exercise, &verdict, report)?;
        Ok(verdict.passes())
    }

    /// What is to be done, and where.
    fn introduce(&self, exercise: &Exercise) -> Result<()> {
        let about = &exercise.about;
        println!(
            "Exercise {}, step {}: {}\n",
            exercise.number, about.step, about.title
        );
        let folder = self.desk.of(exercise);
        if self.desk.state(exercise)? == State::AsGiven {
            say("", &exercise.task()?);
            println!();
            println!("To change:");
            for file in exercise.to_change()? {
                println!("  {}", self.short(&folder.join(file)));
            }
        } else {
            println!("The task: {}", self.short(&folder.join("README.md")));
        }
        println!();
        if self.desk.is_outdated(exercise)? {
            say(
                "",
                &format!(
                    "The exercise has changed since you began it. `./justw reset {}` lays out the \
                     new one, and keeps what you did.\n",
                    exercise.number
                ),
            );
        }
        Ok(())
    }

    /// What came of it.
    fn tell(&self, exercise: &Exercise, verdict: &Verdict, report: bool) -> Result<()> {
        let number = exercise.number;
        match verdict {
            Verdict::DoesNotCompile => {
                println!("It does not compile: what the compiler says stands above.");
            }
            Verdict::Hangs => println!("It does not come to an end: something waits for ever."),
            Verdict::Ran(tests) => {
                for test in tests {
                    match &test.failure {
                        None => println!("  ok     {}", test.name),
                        Some(failure) => {
                            println!("  WRONG  {}", test.name);
                            say("         ", &failure.says);
                            if report && !failure.output.is_empty() {
                                println!("\n{}\n", failure.output);
                            }
                        }
                    }
                }
                println!();
            }
        }
        self.warn_of_changed_tests(exercise)?;
        if verdict.passes() {
            say(
                "",
                &format!("Exercise {number} is done. {}\n", exercise.about.why),
            );
            match self.next()? {
                Some(next) => println!("Next: ./justw exercise {}", next.number),
                None => println!("All exercises are done."),
            }
            return Ok(());
        }
        println!("Not done yet. A hint: ./justw hint {number}");
        if !report && verdict.failures().any(|failure| !failure.output.is_empty()) {
            println!("The whole report of the sanitizer: ./justw exercise {number} --report");
        }
        Ok(())
    }

    /// A verdict of other tests is another's; but they are the reader's to look into.
    fn warn_of_changed_tests(&self, exercise: &Exercise) -> Result<()> {
        let mut changed = self.desk.changed(exercise)?;
        changed.extend(self.desk.missing(exercise)?);
        if changed.iter().any(|path| path.starts_with("tests")) {
            println!("The tests are not those that were given; this is what yours say.\n");
        }
        Ok(())
    }

    fn watch(&self, number: Option<u32>) -> Result<bool> {
        let first = match number {
            Some(number) => self.find(number)?,
            None => match self.next()? {
                Some(next) => next,
                None => return self.stand(),
            },
        };
        watch::watch(&self.desk, &self.exercises, first, |exercise| {
            println!("\n{}\n", "─".repeat(72));
            if self.check(exercise, false)?
                && let Some(next) = self.next()?
            {
                println!();
                self.introduce(next)?;
            }
            if self.next()?.is_some() {
                println!("\nWaiting for you to save a file; Ctrl-C ends this.");
                return Ok(true);
            }
            Ok(false)
        })?;
        Ok(true)
    }

    fn hint(&self, exercise: &Exercise) -> Result<bool> {
        let count = self.desk.one_more_hint(exercise)?;
        let hints = &exercise.about.hints;
        for (index, hint) in hints.iter().take(count).enumerate() {
            say("", &format!("{}. {hint}\n", index + 1));
        }
        match count < hints.len() {
            true => println!("Say it again for one more."),
            false => println!(
                "That was the last. What the solution changes: ./justw solution {}",
                exercise.number
            ),
        }
        Ok(true)
    }

    fn solution(&self, exercise: &Exercise) -> Result<bool> {
        let folder = desk::target(&self.root)
            .join("exercises/solution")
            .join(&exercise.name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        for answer in [GIVEN, SOLUTION] {
            for (path, text) in exercise.files(answer)? {
                let file = folder.join(answer).join(path);
                fs::create_dir_all(file.parent().context("it has a folder")?)?;
                fs::write(file, text)?;
            }
        }
        say("", &format!("{}\n", exercise.about.why));
        // Fails where there is a difference, as it should be.
        Command::new("git")
            .args([
                "--no-pager",
                "diff",
                "--no-index",
                "--no-prefix",
                GIVEN,
                SOLUTION,
            ])
            .current_dir(&folder)
            .status()
            .context("cannot start git")?;
        Ok(true)
    }

    fn reset(&self, exercise: &Exercise) -> Result<bool> {
        match self.desk.reset(exercise)? {
            None => println!("Exercise {} is as it was given already.", exercise.number),
            Some(kept) => println!(
                "Exercise {} is as it was given; what you did is kept in {}.",
                exercise.number,
                self.short(&kept)
            ),
        }
        Ok(true)
    }
}

/// Prints a text in lines that are easy to read.
fn say(indent: &str, text: &str) {
    let options = textwrap::Options::new(90)
        .initial_indent(indent)
        .subsequent_indent(indent)
        .break_words(false);
    println!("{}", textwrap::fill(text, options));
}
