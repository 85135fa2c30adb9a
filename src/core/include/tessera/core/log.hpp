#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace tessera {

enum class LogLevel { debug, info, warning, error };

/// Where the library's messages go. By default nowhere: the library itself prints nothing; the
/// program (or a host) hands over a sink.
class Log {
 public:
  using Sink = std::function<void(LogLevel, std::string_view)>;

  Log() = default;
  explicit Log(Sink sink) : sink_(std::move(sink)) {}

  template <class... Args>
  void debug(fmt::format_string<Args...> text, Args &&...args) const
  {
    write(LogLevel::debug, fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void info(fmt::format_string<Args...> text, Args &&...args) const
  {
    write(LogLevel::info, fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void warning(fmt::format_string<Args...> text, Args &&...args) const
  {
    write(LogLevel::warning, fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void error(fmt::format_string<Args...> text, Args &&...args) const
  {
    write(LogLevel::error, fmt::format(text, std::forward<Args>(args)...));
  }

 private:
  void write(LogLevel level, std::string_view text) const
  {
    if (sink_) sink_(level, text);
  }
  Sink sink_;
};

/// A sink that writes time-stamped lines to `file` (appended, flushed each line) and, at `level`
/// and above, short lines to the terminal's stderr (spdlog behind it). An empty `file` means the
/// terminal alone. Throws IoError.
Log make_program_log(std::string const &file, LogLevel terminal_level);

/// A program log whose file is named later: what was said before waits for it.
class LateLog {
 public:
  explicit LateLog(LogLevel terminal_level);
  Log log() const;
  /// Appends what waits, with the times it was said at, and from now on every line. Throws IoError.
  void open(std::string const &file);

 private:
  struct Sinks;
  std::shared_ptr<Sinks> sinks_;
};

}  // namespace tessera
