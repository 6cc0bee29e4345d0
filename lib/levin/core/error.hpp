/// The three kinds of failure and how context is added to them. See CONTRIBUTING.md, "Errors".
#pragma once
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace levin {

/// The work failed: damaged input, a refused output. Exit status 1.
class Error : public std::exception {
  public:
    explicit Error(std::string message) : message_(std::move(message)) {}
    const char* what() const noexcept override { return message_.c_str(); }
    /// Puts what was being done in front of the message: "doing: message".
    void add_context(std::string_view doing) { message_ = std::string(doing) + ": " + message_; }

  private:
    std::string message_;
};

/// The request can never be right: a bad option, an axis that does not exist. Exit status 2; never worth a retry.
class UsageError : public Error {
  public:
    using Error::Error;
};

/// May pass on another try: an I/O error of the system, a full disk. Exit status 75 (EX_TEMPFAIL).
class TransientError : public Error {
  public:
    using Error::Error;
};

/// No failure: the run has done its work and said that the job goes on, with another round of parts. Exit status 75.
class AnotherRound : public TransientError {
  public:
    using TransientError::TransientError;
};

/// The run was stopped by a signal. Exit status 128 + signal.
class Interrupted : public Error {
  public:
    explicit Interrupted(int signal);
    int signal() const { return signal_; }

  private:
    int signal_;
};

/// Throws for a failed system call: TransientError for EIO, ENOSPC, EDQUOT, EMFILE, ENFILE, ESTALE, EAGAIN, ENOMEM and
/// ETIMEDOUT, else Error. `doing` names the path and the act, e.g. "cannot write a.zarr/c/0".
[[noreturn]] void throw_system_error(std::string_view doing, int errno_value);

/// Runs `work`; a levin::Error leaving it gains the text of `describe()` in front. The text costs nothing on success.
template <class Describe, class Work>
decltype(auto) with_context(Describe&& describe, Work&& work) {
    try {
        return work();
    } catch (Error& error) {
        error.add_context(describe());
        throw;
    }
}

}  // namespace levin
