// What a call gives back that can fail on a user's machine: a value, or an error that says
// what happened and what would change it.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace pmubench {

enum class ErrorCode {
  kUsage,          ///< wrong use: unknown verb, flag or metric (exit code 2)
  kBadInput,       ///< a file that cannot be read or does not hold what it should (2)
  kNotFound,       ///< a file or name that is not there (2)
  kSystem,         ///< the operating system refused something else (2)
  kNoPmu,          ///< this machine has no such PMU (exit code 3)
  kNotPermitted,   ///< perf_event_paranoid, a capability or a container forbids it (3)
  kNoSuchEvent,    ///< the PMU does not know the event (3)
  kGroupTooLarge,  ///< the events do not fit the counters together (3)
  kScheduledOut,   ///< a pinned group lost its counters: it is in error state (3)
  kMultiplexed,    ///< the group ran only part of the time (3)
  kNotCounting,    ///< the event opens but never counts here (3)
};

/// A reason that a person can act on. `message` says what happened, `remedy` the command or
/// setting that would change it (empty where nothing would).
struct Error {
  ErrorCode code = ErrorCode::kSystem;
  std::string message;
  std::string remedy;

  /// "message; remedy" in one line.
  [[nodiscard]] std::string ToString() const {
    return remedy.empty() ? message : message + "; " + remedy;
  }
};

/// The tool's exit code for an error: 2 wrong use or bad input, 3 the machine cannot measure.
[[nodiscard]] constexpr int ExitCode(ErrorCode code) { return code >= ErrorCode::kNoPmu ? 3 : 2; }

/// A value or an Error. Reading the one that is not there asserts.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] T& value() & {
    assert(ok());
    return std::get<0>(state_);
  }
  [[nodiscard]] const T& value() const& {
    assert(ok());
    return std::get<0>(state_);
  }
  [[nodiscard]] T&& value() && {
    assert(ok());
    return std::get<0>(std::move(state_));
  }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const {
    assert(!ok());
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT

  [[nodiscard]] bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const Error& error() const {
    assert(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace pmubench
