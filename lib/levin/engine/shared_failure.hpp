/// An error that several threads run into: each throws a copy, since context is added to an error on its way.
#pragma once
#include <exception>
#include <functional>

#include "levin/core/error.hpp"

namespace levin::engine {

class SharedFailure {
  public:
    void set(const std::exception_ptr& failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const Interrupted& error) {
            keep(error);
        } catch (const TransientError& error) {
            keep(error);
        } catch (const UsageError& error) {
            keep(error);
        } catch (const Error& error) {
            keep(error);
        } catch (const std::exception& error) {
            keep(Error(error.what()));
        }
    }
    explicit operator bool() const { return static_cast<bool>(throw_); }
    /// Throws when there has been a failure.
    void check() const {
        if (throw_) throw_();
    }

  private:
    template <class E>
    void keep(const E& error) {
        throw_ = [error] { throw error; };
    }
    std::function<void()> throw_;
};

}  // namespace levin::engine
