//! Prints what was measured.

use crate::results::{Quantiles, Report};

/// Prints the tables.
pub fn print(report: &Report) {
    let machine = &report.machine;
    println!(
        "\nOn {}, {} cores, {}, load before {:.1}",
        machine.processor, machine.cores, machine.kernel, machine.load_before
    );

    println!(
        "\nSaturation, 16 connections: conversions/s, CPU ms for each, that of the codec alone = 1, \
         bytes of the PNG"
    );
    for row in &report.saturation {
        let (service, rate) = (&row.service, row.per_second);
        print!(
            "  {service:<26} {rate:>8.1} {:>7.2} {:>6.3}",
            row.cpu_ms, row.cpu_of_codec
        );
        if let Some(bytes) = row.png_bytes {
            print!(" {bytes:>9}");
        }
        match row.of_convert {
            Some(part) => println!("   {part:.2} of its POST /convert"),
            None => println!(),
        }
    }

    println!("\nGET /healthz: ms idle, ms with twice as many conversions waiting as cores");
    println!(
        "  {:<26} {:>8}{:>8}{:>8}  {:>8}{:>8}{:>8}",
        "", "p50", "p99", "max", "p50", "p99", "max"
    );
    for row in &report.health {
        println!("  {:<26} {}  {}", row.service, row.idle, row.loaded);
    }

    println!("\nOpen loop: ms from when a conversion was due, 503s, ms of /healthz beside it");
    for row in &report.open_loop {
        let rate = format!("{} at {:.0} %", row.service, 100.0 * row.of_capacity);
        let refused = format!("{:.0} %", 100.0 * row.refused);
        println!("  {rate:<28} {}  {refused:>5}  {}", row.convert, row.health);
    }

    println!("\nMemory in MiB");
    for row in &report.memory {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        println!(
            "  {:<22} {:>7.1} after {:>6}, {:>7.1} after {:>6}: {:.2}",
            row.service,
            mib(row.early),
            row.conversions / 10,
            mib(row.late),
            row.conversions,
            row.late as f64 / row.early as f64
        );
    }

    println!("\nCPU while idle, in % of a core");
    for row in &report.idle {
        println!(
            "  {:<22} {:>5.2} fresh, {:>5.2} after {} good requests, {:>5.2} after {:.0} \
                 clients left; cpp_live {}",
            row.service,
            100.0 * row.fresh,
            100.0 * row.after_good,
            row.good,
            100.0 * row.after_left,
            row.left,
            row.cpp_live
        );
    }

    println!("\nNumbers to reach");
    for target in &report.targets {
        let verdict = if target.met { "yes" } else { "NO" };
        println!("  {verdict:<4}{}: {}", target.what, target.must);
        println!("      {}", target.measured);
    }
}

impl std::fmt::Display for Quantiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>8.2}{:>8.2}{:>8.2}", self.p50, self.p99, self.max)
    }
}
