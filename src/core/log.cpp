#include <tessera/core/log.hpp>

#include <unistd.h>

#include <vector>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <tessera/core/error.hpp>

namespace tessera {

namespace {

spdlog::level::level_enum level_of(LogLevel level)
{
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

// spdlog would report a full disk on stderr; a library must not, and other writes will fail loudly.
void ignore(std::string const &) {}

std::shared_ptr<spdlog::logger> file_logger(std::string const &file)
{
  if (file.empty()) return nullptr;
  try {
    auto logger = std::make_shared<spdlog::logger>(
        "file", std::make_shared<spdlog::sinks::basic_file_sink_mt>(file));
    logger->set_pattern("%Y-%m-%dT%H:%M:%S%z %l: %v");
    logger->set_level(spdlog::level::debug);
    logger->flush_on(spdlog::level::debug);
    logger->set_error_handler(ignore);
    return logger;
  } catch (spdlog::spdlog_ex const &problem) {
    throw IoError("cannot write the log: " + std::string(problem.what()) +
                  "; check that the folder is there and may be written");
  }
}

std::shared_ptr<spdlog::logger> terminal_logger(LogLevel level)
{
  auto logger = std::make_shared<spdlog::logger>("terminal",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  // A progress bar may stand on the line: wipe it, it draws itself again.
  logger->set_pattern(isatty(STDERR_FILENO) ? "\r\033[K%v" : "%v");
  logger->set_level(level_of(level));
  logger->flush_on(spdlog::level::debug);
  logger->set_error_handler(ignore);
  return logger;
}

char const *prefix_of(LogLevel level)
{
  if (level == LogLevel::warning) return "warning: ";
  if (level == LogLevel::error) return "error: ";
  return "";
}

}  // namespace

Log make_program_log(std::string const &file, LogLevel terminal_level)
{
  return Log([to_file = file_logger(file), to_terminal = terminal_logger(terminal_level)](
                 LogLevel level, std::string_view text) {
    if (to_file) to_file->log(level_of(level), text);
    to_terminal->log(level_of(level), "{}{}", prefix_of(level), text);
  });
}

struct LateLog::Sinks {
  struct Line {
    spdlog::log_clock::time_point time;
    LogLevel level;
    std::string text;
  };
  std::shared_ptr<spdlog::logger> file, terminal;
  std::vector<Line> waiting;

  void write(Line const &line) const
  {
    file->log(line.time, spdlog::source_loc{}, level_of(line.level), line.text);
  }
};

LateLog::LateLog(LogLevel terminal_level) : sinks_(std::make_shared<Sinks>())
{
  sinks_->terminal = terminal_logger(terminal_level);
}

Log LateLog::log() const
{
  return Log([sinks = sinks_](LogLevel level, std::string_view text) {
    Sinks::Line line{spdlog::log_clock::now(), level, std::string(text)};
    if (sinks->file) {
      sinks->write(line);
    } else {
      sinks->waiting.push_back(std::move(line));
    }
    sinks->terminal->log(level_of(level), "{}{}", prefix_of(level), text);
  });
}

void LateLog::open(std::string const &file)
{
  sinks_->file = file_logger(file);
  for (auto const &line : sinks_->waiting) sinks_->write(line);
  sinks_->waiting.clear();
}

}  // namespace tessera
