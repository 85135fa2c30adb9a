#include <tessera/core/progress.hpp>

#include <algorithm>

#include <unistd.h>

#include <fmt/format.h>

namespace tessera {

namespace {

constexpr auto bar_interval = std::chrono::milliseconds(100);
constexpr auto line_interval = std::chrono::seconds(30);
constexpr std::size_t bar_width = 24;

bool speaks_for_all(MPI_Comm comm)
{
  int up = 0, down = 0, rank = 0;
  MPI_Initialized(&up);
  MPI_Finalized(&down);
  if (up && !down) MPI_Comm_rank(comm, &rank);
  return rank == 0;
}

std::string clock_text(double seconds)
{
  auto const s = static_cast<long>(seconds + .5);
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace

Progress Progress::on(std::FILE *stream, MPI_Comm comm)
{
  Progress progress;
  if (!stream || !speaks_for_all(comm)) return progress;
  progress.stream_ = stream;
  int const descriptor = fileno(stream);
  progress.terminal_ = descriptor >= 0 && isatty(descriptor) != 0;
  return progress;
}

void Progress::start(std::string const &label, std::size_t total)
{
  finish();
  label_ = label;
  total_ = total;
  done_ = 0;
  note_.clear();
  begin_ = shown_ = Clock::now();
  open_ = stream_ != nullptr;
}

void Progress::update(std::size_t done, std::string const &note)
{
  if (!open_) return;
  done_ = done;
  note_ = note;
  if (Clock::now() - shown_ >= (terminal_ ? Clock::duration(bar_interval) : line_interval)) {
    draw(done, note, false);
  }
}

void Progress::finish()
{
  if (!open_) return;
  draw(done_, note_, true);
  open_ = false;
}

void Progress::draw(std::size_t done, std::string const &note, bool last)
{
  shown_ = Clock::now();
  double const seconds = std::chrono::duration<double>(shown_ - begin_).count();
  double const share = total_ == 0 ? 1. : static_cast<double>(done) / static_cast<double>(total_);
  std::string text = label_ + ": ";
  if (terminal_) {
    auto const full = std::min(bar_width, static_cast<std::size_t>(share * bar_width));
    text += fmt::format("[{:#<{}}{:{}}] ", "", full, "", bar_width - full);
  }
  text += fmt::format("{} of {} ({:.0f} %), ", done, total_, 100. * share);
  if (last) {
    text += "took " + clock_text(seconds);
  } else if (done == 0) {
    text += clock_text(seconds) + " so far";
  } else {
    text += clock_text(seconds * (1. / share - 1.)) + " left";
  }
  if (!note.empty()) text += ", " + note;
  fmt::print(stream_, "{}{}{}", terminal_ ? "\r\033[K" : "", text, terminal_ && !last ? "" : "\n");
  std::fflush(stream_);
}

}  // namespace tessera
