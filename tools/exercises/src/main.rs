//! What `just exercise` and the recipes beside it run.
//!
//! The exercises lie in `exercises/`, each as one source of what is given and what solves it
//! ([`exercise_catalogue::source`]). The reader works in `exercises/yours` ([`desk`]), which git does not see.

mod capstone;
mod check;
mod desk;
mod prove;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};

use check::{Messages, Verdict};
use desk::{Desk, State};
use exercise_catalogue::source::{GIVEN, SOLUTION};
use exercise_catalogue::{Exercise, exercises};

/// Exercises: each fails until you have done its task.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    /// The exercise to check; without one, shows where you stand
    #[arg(value_parser = number)]
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
    Hint {
        #[arg(value_parser = number)]
        number: u32,
    },
    /// Shows what the solution changes, and why
    Solution {
        #[arg(value_parser = number)]
        number: u32,
    },
    /// Begins an exercise again; what you did is kept
    Reset {
        #[arg(value_parser = number)]
        number: u32,
    },
    /// Builds and runs a project of yours, and goes through the checklist of the capstone
    Capstone {
        /// Where the project is: `just new` has made it
        path: Option<PathBuf>,
    },
    /// Tries every answer of every exercise, or of those: what CI runs
    Prove {
        /// Numbers, or `capstone`
        which: Vec<String>,
        /// Shows what each answer is told
        #[arg(long)]
        says: bool,
    },
}

/// The number of an exercise, as one types it.
fn number(typed: &str) -> Result<u32> {
    if typed == "capstone" {
        bail!(
            "the capstone has its hints at the end of exercises/capstone/README.md, and its solution beside that"
        );
    }
    typed
        .parse()
        .with_context(|| format!("an exercise has a number, and {typed} is none"))
}

fn main() -> ExitCode {
    // Ends quietly where nobody reads on, as in `just exercise | head`.
    // SAFETY: this is the only thread, and the default does nothing but end the process.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
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
    if let Some(Task::Prove { which, says }) = arguments.command {
        let is_chosen = |name: &str| which.is_empty() || which.iter().any(|one| one == name);
        let mut chosen = exercises;
        chosen.retain(|exercise| is_chosen(&exercise.number.to_string()));
        if !chosen.is_empty() {
            prove::prove(&root, &chosen, says)?;
        }
        if is_chosen("capstone") {
            capstone::prove(&root, &desk::target(&root).join("exercises"))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(Task::Capstone { path }) = arguments.command {
        let path = path.context(
            "say where your project is: `just exercise capstone ../my-capstone`; exercises/capstone \
             has the task",
        )?;
        return Ok(match tell_capstone(&here().join(path))? {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        });
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
        (None, Some(Task::Prove { .. } | Task::Capstone { .. })) => true,
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
    Ok(root.context("this crate lies in tools/")?.to_owned())
}

/// The folder that the reader is in: just runs a recipe in the workspace's own, and says where it was
/// called.
fn here() -> PathBuf {
    match std::env::var_os("EXERCISES_HERE") {
        Some(folder) => folder.into(),
        None => std::env::current_dir().unwrap_or_default(),
    }
}

/// A path as one would type it.
fn short(path: &Path) -> std::path::Display<'_> {
    path.strip_prefix(here()).unwrap_or(path).display()
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
                println!("You work in {}.", short(self.desk.folder()));
                println!("Next: ./justw exercise {}", next.number);
            }
            None => println!("All are done. The capstone is left: exercises/capstone/README.md"),
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
                println!("  {}", short(&folder.join(file)));
            }
        } else {
            println!("The task: {}", short(&folder.join("README.md")));
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
            Verdict::Dies(failure) => say("  ", &failure.says),
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
                short(&kept)
            ),
        }
        Ok(true)
    }
}

/// Tells how a project does at each point of the checklist, and whether all hold.
fn tell_capstone(path: &Path) -> Result<bool> {
    let told = capstone::check(path, None)?;
    println!();
    for told in &told {
        match &told.wrong {
            None => println!("  ok     {}: {}", told.point, told.holds),
            Some(wrong) => {
                println!("  WRONG  {}", told.point);
                say("         ", wrong);
            }
        }
    }
    println!();
    let holds = told.iter().all(|told| told.wrong.is_none());
    println!(
        "{}",
        match holds {
            true => "The library is brought over: every point holds.",
            false => "Not done yet. The task: exercises/capstone/README.md",
        }
    );
    Ok(holds)
}

/// Prints a text in lines that are easy to read.
fn say(indent: &str, text: &str) {
    let options = textwrap::Options::new(90)
        .initial_indent(indent)
        .subsequent_indent(indent)
        .break_words(false);
    println!("{}", textwrap::fill(text, options));
}
