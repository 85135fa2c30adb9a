#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include <tessera/core/error.hpp>
#include <tessera/io/report.hpp>

#include <tessera/io/whole_file.hpp>

namespace tessera::io {
namespace {

namespace fs = std::filesystem;

RunSummary read_summary(fs::path const &file, std::string const &name)
{
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw InputError(file.string() + ": cannot be read; check its permissions");
  return {name, std::move(text)};
}

RunSummary read_run(fs::path const &folder)
{
  if (fs::exists(folder / "summary.json")) {
    return read_summary(folder / "summary.json", folder.filename().string());
  }
  if (fs::exists(folder / "run.json") || fs::exists(folder / "checkpoints")) {
    throw InputError(folder.string() +
                     ": this run is not finished, it has no summary.json; go on with "
                     "tessera run … --resume, or leave it out");
  }
  throw InputError(folder.string() +
                   ": is no run folder, it has no summary.json; name the folder of a finished run");
}

/// The folders NAME_seed<n>, in the order of n.
std::vector<fs::path> seeds_of(fs::path const &name)
{
  std::vector<std::pair<long, fs::path>> found;
  std::string const begin = name.filename().string() + "_seed";
  std::error_code error;
  for (auto const &entry :
       fs::directory_iterator(name.has_parent_path() ? name.parent_path() : ".", error)) {
    std::string const own = entry.path().filename().string();
    long seed = -1;
    if (!own.starts_with(begin) || !entry.is_directory(error)) continue;
    char const *const end = own.data() + own.size();
    auto const read = std::from_chars(own.data() + begin.size(), end, seed);
    if (read.ec == std::errc() && read.ptr == end) found.emplace_back(seed, entry.path());
  }
  std::sort(found.begin(), found.end());
  std::vector<fs::path> folders;
  for (auto const &[seed, path] : found) folders.push_back(path);
  return folders;
}

}  // namespace

std::vector<RunSummary> read_summaries(std::vector<fs::path> const &words)
{
  std::vector<RunSummary> runs;
  for (fs::path word : words) {
    word = word.lexically_normal();
    if (!word.has_filename()) word = word.parent_path();  // "runs/a/" names runs/a
    if (fs::is_regular_file(word)) {
      runs.push_back(read_summary(word, word.string()));
      continue;
    }
    auto const seeds = fs::exists(word) ? std::vector{word} : seeds_of(word);
    if (seeds.empty()) {
      throw InputError(word.string() +
                       ": there is no such run folder; name the folder of a finished run, or "
                       "what --out was for --seeds");
    }
    for (fs::path const &folder : seeds) runs.push_back(read_run(folder));
  }
  return runs;
}

void write_report(fs::path const &file, std::string const &text)
{
  if (fs::is_directory(file)) {
    throw InputError(file.string() + ": is a folder; name a file with --out");
  }
  try {
    write_whole(file, text);
  } catch (IoError const &error) {
    throw InputError(error.what());  // the file is the user's choice
  }
}

}  // namespace tessera::io
