#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tessera::io {

/// One finished run: what to call it, and its summary.json as text.
struct RunSummary {
  std::string name;
  std::string json;
};

/// Finds the summaries that words of a user name. A word is a run folder, a summary file, or what
/// `tessera run --out NAME --seeds …` was given: NAME then stands for its folders NAME_seed<n>, in
/// the order of n. Throws InputError where there is none, or where a run is not finished.
std::vector<RunSummary> read_summaries(std::vector<std::filesystem::path> const &words);

enum class ReportForm { markdown, csv };

/// A table of runs, grouped by experiment, with mean and sample standard deviation (n - 1) over
/// the runs of each experiment that has several. Markdown holds the keys that a comparison starts
/// with, CSV every number of the summaries. What a summary does not hold stays empty. Throws
/// InputError where a text is no summary.
std::string report(std::vector<RunSummary> const &runs, ReportForm form);

/// Writes the text whole: temporary name, then rename. Throws InputError where the file cannot be
/// written.
void write_report(std::filesystem::path const &file, std::string const &text);

}  // namespace tessera::io
