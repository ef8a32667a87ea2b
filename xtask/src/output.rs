//! Runs a command, prints its output, and keeps the last lines of it.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, PipeReader, Write, pipe, stdout};
use std::process::{Command, ExitStatus, Stdio};

/// The most bytes of a line that are kept.
const LONGEST_LINE: usize = 300;

/// Runs a command without input. Prints `title` and then its output and errors: as they come if `is_live`, else in one
/// piece at the end. Returns its exit status and the last `count` lines.
pub(crate) fn run_and_keep(
    command: &mut Command,
    title: &str,
    is_live: bool,
    count: usize,
) -> std::io::Result<(ExitStatus, Vec<String>)> {
    let (reader, writer) = pipe()?;
    let mut child = command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn()?;
    // The command holds the writing ends of the pipe. Without this the reader would never see their end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut held = title.as_bytes().to_vec();
    let last_lines = pass_on(reader, &mut held, is_live, count)?;
    print(&mut held)?;
    Ok((child.wait()?, last_lines))
}

/// Collects lines until the other end closes.
fn pass_on(
    reader: PipeReader,
    held: &mut Vec<u8>,
    is_live: bool,
    count: usize,
) -> std::io::Result<Vec<String>> {
    let mut reader = BufReader::new(reader);
    let mut last_lines = VecDeque::new();
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        held.extend_from_slice(&line);
        if is_live {
            print(held)?;
        }
        let text = String::from_utf8_lossy(&line[..line.len().min(LONGEST_LINE)]).trim_end().to_owned();
        if !text.is_empty() {
            last_lines.push_back(text);
        }
        if last_lines.len() > count {
            last_lines.pop_front();
        }
        line.clear();
    }
    Ok(last_lines.into())
}

fn print(held: &mut Vec<u8>) -> std::io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(held)?;
    held.clear();
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_of_both_streams_are_kept() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; echo; echo three; exit 7"]);
        let (status, last_lines) = run_and_keep(&mut command, "", false, 2).unwrap();
        assert_eq!(status.code(), Some(7));
        assert_eq!(last_lines, ["two", "three"]);
    }
}
