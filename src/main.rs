//! The binary: hands over to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    rasid::cli::main()
}
